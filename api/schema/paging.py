"""The arguments of every list, and where a page stands in it."""

from typing import Annotated

import strawberry

from api.plans.keyset import FoundPage, PageRequest, page_request
from api.schema.optional import given

First = Annotated[
    int | None,
    strawberry.argument(description="How many from the beginning, or after `after`: 20 if not given, at most 100."),
]
After = Annotated[str | None, strawberry.argument(description="A cursor of this list: only what comes after it.")]
Last = Annotated[
    int | None,
    strawberry.argument(description="How many from the end, or before `before`: at most 100; excludes `first`."),
]
Before = Annotated[str | None, strawberry.argument(description="A cursor of this list: only what comes before it.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = strawberry.field(description="Whether the list goes on after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has something before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first node; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last node; null on an empty page.")


def page_info(page: FoundPage) -> PageInfo:
    """Return where a found page stands."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.rows[0].cursor if page.rows else None,
        end_cursor=page.rows[-1].cursor if page.rows else None,
    )


def asked_page(first: int | None, after: str | None, last: int | None = None, before: str | None = None) -> PageRequest:
    """Read the arguments of a list.

    Raises InvalidInput.
    """
    return page_request(first=given(first), after=given(after), last=given(last), before=given(before))
