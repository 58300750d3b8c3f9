"""Asking for a file of a list: the answer is a link that works once, and says nothing of what is in the file."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import strawberry

from api.plans.commerce_where import compile_commerce_where
from api.plans.where import compile_where
from api.schema.commerce_filters import CommerceOrderWhere
from api.schema.context import Info
from api.schema.list_columns import AmazonOrderColumn, CommerceOrderColumn
from api.schema.optional import Optionals, given, optional
from api.schema.order_filters import AmazonOrderWhere
from api.schema.places import beneath
from api.schema.saved_views import check_view
from api.schema.shipping import USER
from api.schema.stored_inputs import as_json
from api.schema.tickets import Asked
from api.schema.user_errors import UserError
from api.schema.view_reading import find_view
from domain.accounts.saved_views import ListKind
from domain.errors import InvalidInput
from domain.export_tickets import issue

LINK: Final = "/exports/orders.csv?ticket="
AMAZON_COLUMNS: Final = tuple(AmazonOrderColumn)[:8]
COMMERCE_COLUMNS: Final = tuple(CommerceOrderColumn)[:10]

_WHERE: Final = "Only orders like these."
_VIEW: Final = (
    "A `SavedView` of this list: its filter holds besides `where`, its columns are taken unless some are given. "
    "Files come newest first, whatever its sort."
)


@strawberry.input(description="A file of Amazon orders.")
class AmazonOrderExportInput(Optionals):
    """A file of Amazon orders."""

    where: AmazonOrderWhere | None = optional(_WHERE)
    view: strawberry.ID | None = optional(_VIEW)
    columns: list[AmazonOrderColumn] | None = optional(
        "Its columns, in their order. Left out: when it was purchased, number, status, total, currency, note, store "
        "and commerce number."
    )


@strawberry.input(description="A file of commerce orders.")
class CommerceOrderExportInput(Optionals):
    """A file of commerce orders."""

    where: CommerceOrderWhere | None = optional(_WHERE)
    view: strawberry.ID | None = optional(_VIEW)
    columns: list[CommerceOrderColumn] | None = optional(
        "Its columns, in their order. Left out: number, store view, when it was purchased and made, state, status, "
        "total, currency, subtotal and shipping."
    )


@strawberry.input(one_of=True, description="Which list is wanted as a file.")
class ExportedListInput(Optionals):
    """Which list."""

    amazon_orders: AmazonOrderExportInput | None = optional("Amazon orders.")
    commerce_orders: CommerceOrderExportInput | None = optional("Commerce orders.")


@strawberry.input(description="A list as a CSV file.")
class ExportOrdersInput:
    """A file."""

    list: ExportedListInput = strawberry.field(description="Which list, and what of it.")
    byte_order_mark: bool = strawberry.field(
        default=False, description="Begin with a byte order mark, by which Excel knows that the file is UTF-8."
    )


@strawberry.type(description="What became of a request for a file.")
class ExportOrdersPayload:
    """The answer to exportOrders."""

    path: str | None = strawberry.field(
        default=None,
        description="Where the file is fetched with GET, at this service's own address. "
        "It works once; nothing of the request can be read from it.",
    )
    expires_at: datetime | None = strawberry.field(default=None, description="Until when it has to be fetched.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it can be fetched.")


ExportInput = Annotated[ExportOrdersInput, strawberry.argument(description="Which list, and what of it.")]


async def export_orders(info: Info, input: ExportInput) -> ExportOrdersPayload:
    """Keep what is asked for until somebody fetches it."""
    service = info.context.service
    asked = await _asked(info, input)
    ticket = secrets.token_urlsafe(32)
    expires_at = await issue(
        token=ticket, asked=asked.to_bytes(), now=service.clock.now(), actor=USER, sealer=service.sealer
    )
    return ExportOrdersPayload(path=LINK + ticket, expires_at=expires_at)


async def _asked(info: Info, input: ExportOrdersInput) -> Asked:
    sealer, amazon = info.context.service.sealer, given(input.list.amazon_orders)
    if amazon:
        with beneath(("input", "list", "amazonOrders")):
            compile_where(amazon.where, sealer)
            return await _of_list(info, ListKind.AMAZON_ORDERS, amazon, AMAZON_COLUMNS, input.byte_order_mark)
    commerce = given(input.list.commerce_orders)
    with beneath(("input", "list", "commerceOrders")):
        compile_commerce_where(commerce.where, sealer)
        return await _of_list(info, ListKind.COMMERCE_ORDERS, commerce, COMMERCE_COLUMNS, input.byte_order_mark)


async def _of_list(info: Info, kind: ListKind, wanted: Any, columns: Sequence[str], byte_order_mark: bool) -> Asked:
    conditions = [as_json(wanted.where)] if wanted.where else []
    if wanted.view is not None:
        view = await find_view(wanted.view, kind, path=("view",))
        check_view(info.schema, view, info.context.service.sealer)
        conditions += [view.condition] if view.condition is not None else []
        columns = tuple(view.columns) or columns
    return Asked(kind, conditions, _columns(wanted.columns, columns), byte_order_mark)


def _columns(chosen: Sequence[Any] | None, otherwise: Sequence[str]) -> Sequence[str]:
    if chosen is None:
        return [str(name) for name in otherwise]
    names = [column.value for column in chosen]
    if not names or len(set(names)) < len(names):
        raise InvalidInput("Choose at least one column, and each once.", path=("columns",))
    return names
