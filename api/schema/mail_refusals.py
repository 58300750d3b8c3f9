"""Why no e-mail can go to the buyer of an order, asked for many orders at once."""

from api.schema.context import Info
from domain.buyers import Owner
from domain.commerce.mail_rules import MailKind, MailSettings, mail_refusal
from domain.commerce.mail_settings import mail_settings_of_stores
from domain.commerce.records import CommerceOrder
from domain.errors import DomainError


async def writing_refusal(
    order: CommerceOrder, kind: MailKind | None, info: Info, *, status: str
) -> DomainError | None:
    """Return why no e-mail of a kind, or of any kind, can go to the buyer of an order; None if it can."""
    loaders = info.context.loaders
    return mail_refusal(
        kind,
        mailing=info.context.service.mailing,
        settings=(await loaders.other(settings_in_force).load(order.store_id))[1],
        buyer=await loaders.buyers(Owner.COMMERCE_ORDER).load(order.id),
        status=status,
    )


async def settings_in_force(store_ids: list[int]) -> list[tuple[int, MailSettings]]:
    """Return the mail settings of stores with their versions; for a loader."""
    found = await mail_settings_of_stores(store_ids)
    return [found[store_id] for store_id in store_ids]
