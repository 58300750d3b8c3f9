"""The e-mails of all orders as a list: what waits, what was sent, and what could not be."""

from typing import Annotated, Any, Final

import strawberry

from api.plans.fragments import EVERYTHING, Fragment, all_of, equal, one_of
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.context import Info
from api.schema.counts import Count, count_rows
from api.schema.ids import typed_id
from api.schema.mails import Email
from api.schema.optional import given
from api.schema.order_list import Cap
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from domain.commerce.mail_records import MailMessage, MailState

_NEWEST: Final = Sort("AGE", "id", int, descending=True)

OfStore = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this store.")]
InStates = Annotated[
    list[MailState] | None, strawberry.argument(description="Only in one of these states; all if left out.")
]


@strawberry.type(description="An e-mail and its place in the list.")
class EmailEdge:
    """An e-mail in a list."""

    node: Email = strawberry.field(description="The e-mail.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of e-mails to buyers, the newest first.")
class EmailConnection:
    """A page, and the condition that its list fulfils."""

    where: strawberry.Private[Fragment]
    edges: list[EmailEdge] = strawberry.field(description="The e-mails with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[Email], description="The e-mails alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["EmailConnection"]) -> list[Email]:
        """Return the nodes of the edges."""
        return [edge.node for edge in root.edges]

    @strawberry.field(description="How many e-mails the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["EmailConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows("mail_message", root.where, cap=10_000 if cap is None else cap)


@strawberry.type
class MailQuestions:
    """The questions about e-mails."""

    @strawberry.field(
        description="E-mails to the buyers of all orders, the newest first. In read-only mode those that are QUEUED "
        "are what would have been sent."
    )
    @staticmethod
    async def emails(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        store_id: OfStore = strawberry.UNSET,
        states: InStates = strawberry.UNSET,
    ) -> EmailConnection:
        """List the e-mails."""
        condition = _condition(given(store_id), given(states))
        page = await find_page("mail_message", where=condition, sort=_NEWEST, request=asked_page(first, after))
        info.context.spend(len(page.rows))
        found: list[Any] = await info.context.loaders.row(MailMessage).load_many([row.row_id for row in page.rows])
        edges = [
            EmailEdge(node=mail, cursor=row.cursor)
            for mail, row in zip(found, page.rows, strict=True)
            if mail is not None
        ]
        return EmailConnection(where=condition, edges=edges, page_info=page_info(page))


def _condition(store_id: str | None, states: list[MailState] | None) -> Fragment:
    parts = [EVERYTHING]
    if store_id is not None:
        store = typed_id(store_id, "Store", path=("storeId",))
        parts += [equal("store_id", store.row_id), equal("account_id", store.account_id)]
    if states is not None:
        parts.append(one_of("state", [state.value for state in dict.fromkeys(states)]))
    return all_of(parts)
