"""An account's credentials: sealed, recognised by their fingerprint, rejected and accepted again."""

from typing import Final

from domain.accounts.records import Account, AccountState, Store, StoreState
from domain.accounts.regions import Region
from domain.change import Change
from domain.errors import Duplicate, InvalidInput, RequiredInput
from domain.sealing import Sealer
from domain.timeline import EventKind, Subject

REJECTED: Final = "Amazon no longer accepts the store's refresh token; connect the store again with a new one."
_LONGEST_TOKEN: Final = 4096
_LONGEST_SELLER_ID: Final = 64


def checked_token(refresh_token: str) -> str:
    """Return a refresh token that can be one; what was given is never repeated in the refusal.

    Raises RequiredInput or InvalidInput.
    """
    path = ("input", "refreshToken")
    if not refresh_token.strip():
        raise RequiredInput(
            "A refresh token is required; Seller Central shows it when you authorise the app.", path=path
        )
    if not (refresh_token.isascii() and refresh_token.isprintable()) or " " in refresh_token:
        raise InvalidInput("A refresh token has no blanks or line breaks; copy it again, whole.", path=path)
    if len(refresh_token) > _LONGEST_TOKEN:
        raise InvalidInput("This is too long for a refresh token.", path=path)
    return refresh_token


def checked_seller_id(seller_id: str | None) -> str | None:
    """Return a seller id, or None for a blank one.

    Raises InvalidInput.
    """
    stripped = (seller_id or "").strip()
    if len(stripped) > _LONGEST_SELLER_ID or not stripped.isprintable() or " " in stripped:
        raise InvalidInput("A seller id is one word, such as A3EXAMPLE1.", path=("input", "sellerId"))
    return stripped or None


def fingerprint_of(refresh_token: str, *, sealer: Sealer) -> str:
    """Return what recognises a refresh token without giving it away."""
    return sealer.digest("refresh-token", refresh_token)


def refresh_token_of(*, account: Account, sealer: Sealer) -> str:
    """Open an account's refresh token.

    Raises CannotUnseal.
    """
    return sealer.unseal(account.credentials, row=_row(account)).decode()


async def account_with(
    *, unit: Change, region: Region, refresh_token: str, seller_id: str | None, sealer: Sealer
) -> Account:
    """Find the account by its seller id, else by its token, or create it; the token given is the one kept.

    Raises Duplicate if token and seller id belong to two accounts.
    """
    fingerprint = fingerprint_of(refresh_token, sealer=sealer)
    by_token = await Account.get_or_none(region=region, fingerprint=fingerprint)
    by_seller = await Account.get_or_none(region=region, seller_id=seller_id) if seller_id else None
    account = _the_one(by_token, by_seller, seller_id)
    if account is None:
        account = Account(region=region, fingerprint=fingerprint, credentials=b"", created_at=unit.now)
        await account.save()
    elif account.state is AccountState.CREDENTIALS_REJECTED:
        await _accepted(unit, account.id)
    account.state = AccountState.ACTIVE
    account.seller_id = seller_id or account.seller_id
    account.fingerprint = fingerprint
    account.credentials = sealer.seal(refresh_token.encode(), row=_row(account))
    await account.save(update_fields=["seller_id", "fingerprint", "credentials", "state"])
    return account


async def mark_rejected(unit: Change, *, account_id: int, fingerprint: str | None = None) -> bool:
    """Mark that Amazon does not accept an account's token, the one with that fingerprint if it is given; False if it
    was known, or if the token was renewed meanwhile.
    """
    accounts = Account.filter(id=account_id, state=AccountState.ACTIVE)
    if fingerprint is not None:
        accounts = accounts.filter(fingerprint=fingerprint)
    if not await accounts.update(state=AccountState.CREDENTIALS_REJECTED):
        return False
    unit.event(Subject(account_id), EventKind.CREDENTIALS_REJECTED, REJECTED)
    return True


async def _accepted(unit: Change, account_id: int) -> None:
    """Let a rejected account's stores go on at once."""
    await Store.filter(account_id=account_id, state=StoreState.ACTIVE).update(next_sync_at=unit.now)
    unit.event(Subject(account_id), EventKind.CREDENTIALS_ACCEPTED, "Amazon accepts the store's refresh token.")


def _the_one(by_token: Account | None, by_seller: Account | None, seller_id: str | None) -> Account | None:
    if by_token is None:
        return by_seller
    if by_seller is None and (seller_id is None or by_token.seller_id is None):
        return by_token
    if by_seller is not None and by_seller.id == by_token.id:
        return by_token
    raise Duplicate(
        "This refresh token is in use for another seller; "
        "leave the seller id out, or give the token that belongs to this seller.",
        path=("input", "sellerId"),
    )


def _row(account: Account) -> str:
    return f"account:{account.id}"
