"""Login with Amazon: refresh tokens in, access tokens out, each good for an hour of virtual time."""

import base64
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from simulator.chance import digest
from simulator.instants import HOUR

REFRESH_TOKEN: Final = re.compile(r"Atzr\|([A-Za-z0-9_-]+)", re.ASCII)
LIFETIME: Final = HOUR
REFUSED_CLIENT: Final = "bad"


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token stands for; without a seller it is for grantless operations only."""

    client_id: str
    seller: str | None
    expires: int


class AccessTokens:
    """The access tokens that were given out."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._given = 0
        self._access: OrderedDict[str, Access] = OrderedDict()

    def issue(self, *, client_id: str, seller: str | None, now: int) -> str:
        """Give out a new token for a client, acting for a seller or for nobody."""
        while self._access and next(iter(self._access.values())).expires <= now:
            self._access.popitem(last=False)
        self._given += 1
        noise = b"".join(digest(self._seed, "token", self._given, part) for part in range(4))
        token = "Atza|" + base64.urlsafe_b64encode(noise).decode().rstrip("=")
        self._access[token] = Access(client_id, seller, now + LIFETIME)
        return token

    def find(self, token: str, *, now: int) -> Access | None:
        """Return what the token stands for, unless it is unknown, expired or revoked."""
        access = self._access.get(token)
        return access if access is not None and now < access.expires else None

    def revoke(self, seller: str) -> None:
        """Forget every token that acts for the seller."""
        for token in [token for token, access in self._access.items() if access.seller == seller]:
            del self._access[token]


def seller_of(refresh_token: str) -> str | None:
    """Return the seller whom a refresh token names: ``Atzr|NAME``."""
    found = REFRESH_TOKEN.fullmatch(refresh_token)
    return found[1] if found else None
