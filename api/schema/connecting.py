"""Connecting a store: what clients say, and what they get."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.optional import Optionals, optional
from api.schema.shipping import USER
from api.schema.stores import Store
from api.schema.user_errors import UserError
from domain.accounts import stores
from domain.accounts.credentials import checked_token
from domain.accounts.records import Store as StoreRecord
from domain.accounts.store_input import checked_marketplace
from domain.channel.credentials import resolve_rejection
from domain.errors import CredentialsRejected


@strawberry.input(description="A shop on one of Amazon's marketplaces, and the token that opens it.")
class ConnectStoreInput(Optionals):
    """A store to connect."""

    name: str = strawberry.field(description="What people call it.")
    marketplace_id: str = strawberry.field(description="Amazon's marketplace, e.g. A1PA6795UKMFR9.")
    refresh_token: str = strawberry.field(
        description="The seller's refresh token. It is stored sealed and never shown."
    )
    seller_id: str | None = optional("Amazon's id of the seller; keeps the account the same when the token changes.")
    contact_email: str | None = optional("Whom to write to about it.")
    import_from: datetime | None = optional("Import orders placed from then on; by default from now on.")


@strawberry.type(description="What became of a store.")
class StorePayload:
    """The answer to what is done with a store."""

    store: StoreRecord | None = strawberry.field(
        graphql_type=Store | None, default=None, description="The store as it is now."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


ConnectInput = Annotated[ConnectStoreInput, strawberry.argument(description="Which shop, and its token.")]


async def connect_store(info: Info, input: ConnectInput) -> StorePayload:
    """Ask Amazon what the token is good for, then store it."""
    service = info.context.service
    marketplace, token = checked_marketplace(input.marketplace_id), checked_token(input.refresh_token)
    try:
        verified = await service.credentials.verify(region=marketplace.region, refresh_token=token)
    except CredentialsRejected as rejected:
        rejected.path = ("input", "refreshToken")
        raise
    store = await stores.connect_store(
        name=input.name,
        marketplace_id=input.marketplace_id,
        refresh_token=token,
        verified=verified,
        seller_id=input.seller_id,
        contact_email=input.contact_email,
        import_from=input.import_from,
        now=service.clock.now(),
        sealer=service.sealer,
        actor=USER,
        connected=resolve_rejection,
    )
    service.wake()
    return StorePayload(store=store)
