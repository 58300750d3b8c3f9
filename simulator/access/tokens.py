"""Login with Amazon: refresh tokens in, access tokens out, each good for an hour of virtual time."""

import base64
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from simulator.access.resources import Resource
from simulator.chance import digest
from simulator.instants import HOUR, MINUTE

REFRESH_TOKEN: Final = re.compile(r"Atzr\|([A-Za-z0-9_-]+)", re.ASCII)
LIFETIME: Final = HOUR
CODE_LIFETIME: Final = 5 * MINUTE
REFUSED_CLIENT: Final = "bad"


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token stands for; without a seller it is for grantless operations only.

    A restricted data token is good for its resources, and for nothing else.
    """

    client_id: str
    seller: str | None
    expires: int
    resources: tuple[Resource, ...] | None = None

    def elements(self, method: str, path: str) -> frozenset[str] | None:
        """Return the data elements that the token opens for a request; nothing if it is not good for it at all."""
        if self.resources is None:
            return frozenset()
        opened = [one.elements for one in self.resources if one.opens(method, path)]
        return frozenset().union(*opened) if opened else None


class AccessTokens:
    """The access tokens that were given out, restricted ones too, and the authorization codes."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._given = 0
        self._access: OrderedDict[str, Access] = OrderedDict()
        self._codes: dict[str, tuple[str, int]] = {}

    def issue(self, *, client_id: str, seller: str | None, now: int) -> str:
        """Give out a new token for a client, acting for a seller or for nobody."""
        return self._add("Atza|", Access(client_id, seller, now + LIFETIME), now=now)

    def restrict(self, *, client_id: str, seller: str, resources: tuple[Resource, ...], now: int) -> str:
        """Give out a new restricted data token."""
        return self._add("Atz.sprdt|", Access(client_id, seller, now + LIFETIME, resources), now=now)

    def authorize(self, seller: str, *, now: int) -> str:
        """Give out the code that a seller's consent comes with; it is good once, for five minutes."""
        code = self._noise(parts=1)[:20]
        self._codes = {known: of for known, of in self._codes.items() if now < of[1]}
        self._codes[code] = (seller, now + CODE_LIFETIME)
        return code

    def redeem(self, code: str, *, now: int) -> str | None:
        """Return the seller who gave the code, unless it is unknown, used or expired."""
        seller, expires = self._codes.pop(code, ("", now))
        return seller if now < expires else None

    def find(self, token: str, *, now: int) -> Access | None:
        """Return what the token stands for, unless it is unknown, expired or revoked."""
        access = self._access.get(token)
        return access if access is not None and now < access.expires else None

    def revoke(self, seller: str) -> None:
        """Forget every token and code that acts for the seller."""
        for token in [token for token, access in self._access.items() if access.seller == seller]:
            del self._access[token]
        self._codes = {code: of for code, of in self._codes.items() if of[0] != seller}

    def keep(self) -> Any:
        """Return everything."""
        return {
            "given": self._given,
            "access": [[token, *_kept(access)] for token, access in self._access.items()],
            "codes": [[code, *of] for code, of in self._codes.items()],
        }

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._given = kept["given"]
        self._access = OrderedDict((token, _restored(*access)) for token, *access in kept["access"])
        self._codes = {code: (seller, expires) for code, seller, expires in kept["codes"]}

    def _add(self, prefix: str, access: Access, *, now: int) -> str:
        while self._access and next(iter(self._access.values())).expires <= now:
            self._access.popitem(last=False)
        token = prefix + self._noise(parts=4)
        self._access[token] = access
        return token

    def _noise(self, *, parts: int) -> str:
        self._given += 1
        noise = b"".join(digest(self._seed, "token", self._given, part) for part in range(parts))
        return base64.urlsafe_b64encode(noise).decode().rstrip("=")


def seller_of(refresh_token: str) -> str | None:
    """Return the seller whom a refresh token names: ``Atzr|NAME``."""
    found = REFRESH_TOKEN.fullmatch(refresh_token)
    return found[1] if found else None


def _kept(access: Access) -> list[Any]:
    resources = access.resources
    return [
        access.client_id,
        access.seller,
        access.expires,
        None if resources is None else [[one.method, one.path, sorted(one.elements)] for one in resources],
    ]


def _restored(client_id: str, seller: str | None, expires: int, resources: list[list[Any]] | None) -> Access:
    if resources is None:
        return Access(client_id, seller, expires)
    known = (Resource(method=method, path=path, elements=frozenset(names)) for method, path, names in resources)
    return Access(client_id, seller, expires, tuple(known))
