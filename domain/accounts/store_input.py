"""What may be said when a store is connected."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.accounts.marketplaces import MARKETPLACES, Marketplace, Verified, marketplace_of
from domain.accounts.records import Store, StoreState
from domain.errors import ActionNotAllowed, InvalidInput, RequiredInput
from domain.plain_text import is_plain

_LONGEST_NAME: Final = 200
_LONGEST_EMAIL: Final = 320
_HISTORY: Final = timedelta(days=2 * 365)
_LONG_HISTORY_START: Final = datetime(2016, 1, 1, tzinfo=UTC)
_LONG_HISTORY: Final = frozenset({"JP", "AU", "SG"})


class NotParticipating(InvalidInput):
    """The refresh token's holder does not sell on the marketplace, but on those of `participates_in`."""

    def __init__(self, marketplace_id: str, *, participates_in: Sequence[str]) -> None:
        named = ", ".join(_named(each) for each in participates_in) or "none"
        super().__init__(
            f"The holder of this refresh token does not sell on {_named(marketplace_id)}, but on: {named}.",
            path=("input", "marketplaceId"),
        )
        self.participates_in = tuple(participates_in)


def checked_name(name: str) -> str:
    """Return a store's name without blanks around it.

    Raises RequiredInput or InvalidInput.
    """
    path, stripped = ("input", "name"), name.strip()
    if not stripped:
        raise RequiredInput("A store needs a name, to tell it from others.", path=path)
    if len(stripped) > _LONGEST_NAME or not is_plain(stripped):
        raise InvalidInput(f"A store's name is one line of at most {_LONGEST_NAME} characters.", path=path)
    return stripped


def checked_marketplace(marketplace_id: str) -> Marketplace:
    """Return one of Amazon's marketplaces.

    Raises InvalidInput, naming the ids there are.
    """
    try:
        return marketplace_of(marketplace_id)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, path=("input", "marketplaceId")) from None


def checked_email(contact_email: str | None) -> str | None:
    """Return an e-mail address, or None for a blank one.

    Raises InvalidInput.
    """
    stripped = (contact_email or "").strip()
    name, _, host = stripped.rpartition("@")
    if stripped and (len(stripped) > _LONGEST_EMAIL or not (name and host) or " " in stripped):
        raise InvalidInput("This is not an e-mail address.", path=("input", "contactEmail"))
    return stripped or None


def check_participation(marketplace_id: str, verified: Verified) -> None:
    """Refuse a marketplace on which the holder of the refresh token does not sell.

    Raises NotParticipating.
    """
    sells_on = [each.marketplace_id for each in verified.participations if each.is_participating]
    if marketplace_id not in sells_on:
        raise NotParticipating(marketplace_id, participates_in=sells_on)


def check_import_from(import_from: datetime | None, amazon_now: datetime) -> None:
    """Refuse a time without a zone, and one that Amazon has not reached.

    Raises InvalidInput.
    """
    path = ("input", "importFrom")
    if import_from is None:
        return
    if import_from.tzinfo is None:
        raise InvalidInput("This time needs a time zone, such as 2026-03-01T00:00:00Z.", path=path)
    if import_from > amazon_now:
        raise InvalidInput("Orders cannot be imported from a time to come; name an earlier one.", path=path)


def check_history(import_from: datetime | None, marketplace: Marketplace, amazon_now: datetime) -> None:
    """Refuse a time further back than Amazon keeps orders: two years, longer in Japan, Australia and Singapore.

    The whole UTC day on which Amazon's history begins may be asked for (Orders API v2026-01-01, searchOrders).
    Raises InvalidInput, naming the earliest time.
    """
    earliest = (amazon_now.astimezone(UTC) - _HISTORY).replace(hour=0, minute=0, second=0, microsecond=0)
    if marketplace.country_code in _LONG_HISTORY:
        earliest = min(earliest, _LONG_HISTORY_START)
    if import_from is not None and import_from < earliest:
        raise InvalidInput(
            f"Amazon does not keep orders of {marketplace.domain} from so long ago; the earliest time is "
            f"{earliest:%Y-%m-%dT%H:%M:%SZ}.",
            path=("input", "importFrom"),
        )


def check_not_going(store: Store, *, path: tuple[str, ...]) -> None:
    """Refuse to touch a store that is being deleted.

    Raises ActionNotAllowed.
    """
    if store.state is StoreState.DELETING:
        raise ActionNotAllowed(
            "This store is being deleted; connect it again once it is gone.",
            path=path,
            action="CHANGE_STORE",
            current_status=store.state.value,
        )


def check_same_cutoff(store: Store, import_from: datetime | None) -> None:
    """Refuse to move the moment since which a connected store imports orders.

    Raises InvalidInput.
    """
    if import_from is not None and abs(import_from - store.cutoff_at) >= timedelta(milliseconds=1):
        raise InvalidInput(
            f"This store is connected already and imports orders placed since {store.cutoff_at:%Y-%m-%d %H:%M} UTC; "
            "leave the time out.",
            path=("input", "importFrom"),
        )


def _named(marketplace_id: str) -> str:
    known = MARKETPLACES.get(marketplace_id)
    return f"{marketplace_id} ({known.country_code})" if known else marketplace_id
