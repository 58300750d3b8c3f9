"""Taking orders over from another system."""

from typing import Annotated

import strawberry

from api.schema.affected import evaluate_affected
from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import typed_id
from api.schema.reading import reading
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.adopt import adopt_orders
from domain.channel.adoption_answers import Adopted, Wish
from domain.errors import DomainError, InvalidInput

described(
    Adopted,
    name="Adoption",
    description="What became of an order that is taken over.",
    values={
        "LINKED": "It is known here, and is evaluated: if nothing blocks it, its commerce order has this number.",
        "EXPECTED": "It is not known here yet; it is linked once Amazon shows it.",
        "CORRECTED": "Another number takes the place of the one said before, which no commerce order had yet.",
        "WITHDRAWN": "What was said before is taken back: it is imported as if no other system had made it.",
        "UNCHANGED": "It was linked so before; or there was nothing to take back.",
    },
)


@strawberry.input(description="An order that another system has made an order of.")
class AdoptedOrderInput:
    """An adopted order."""

    amazon_order_id: str = strawberry.field(description="Amazon's order number.")
    number: str | None = strawberry.field(
        default=None,
        description="The number of the other system's order: up to 64 ASCII characters. None, with `replace`, takes "
        "back what was said before.",
    )


@strawberry.input(description="Which orders of a store are taken over.")
class AdoptOrdersInput:
    """Adopted orders of a store."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    orders: list[AdoptedOrderInput] = strawberry.field(description="The orders, at most 500.")
    replace: bool = strawberry.field(
        default=False,
        description="Whether numbers may take the place of those said before, or take them back. Refused (DUPLICATE) "
        "for an order whose commerce order was made.",
    )


@strawberry.type(description="What became of one order of many.")
class AdoptedOrderResult:
    """One answer of many."""

    index: int = strawberry.field(description="Its place among what was asked for, from 0.")
    adoption: Adopted | None = strawberry.field(default=None, description="What became of it; null if it is refused.")
    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now; null if it is not known."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


@strawberry.type(description="What became of the orders: `results[i]` answers the i-th one.")
class AdoptOrdersPayload:
    """The answers."""

    results: list[AdoptedOrderResult] = strawberry.field(default_factory=list, description="An answer for each order.")
    succeeded: int = strawberry.field(default=0, description="For how many it is done.")
    failed: int = strawberry.field(default=0, description="For how many it is not.")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="What is wrong with the request as a whole; then nothing was done."
    )


AdoptOrders = Annotated[AdoptOrdersInput, strawberry.argument(description="Which orders, and their numbers.")]


async def adopt(info: Info, input: AdoptOrders) -> AdoptOrdersPayload:
    """Link orders with those that another system made, and evaluate them."""
    service, store_id = info.context.service, typed_id(input.store_id, "Store", path=("input", "storeId")).row_id
    wishes = [Wish(one.amazon_order_id, one.number) for one in input.orders]
    done = await adopt_orders(
        store_id=store_id, wishes=wishes, replace=input.replace, now=service.clock.now(), actor=USER
    )
    await evaluate_affected(service, done.affected)
    with reading():
        numbers = [
            wish.amazon_number
            for wish, answer in zip(wishes, done.answers, strict=True)
            if not isinstance(answer, InvalidInput)
        ]
        found = await AmazonOrderRecord.filter(store_id=store_id, number__in=numbers)
    known = {order.number: order for order in found}
    results = [
        _result(at, answer, known.get(wish.amazon_number))
        for at, (wish, answer) in enumerate(zip(wishes, done.answers, strict=True))
    ]
    failed = sum(bool(result.errors) for result in results)
    return AdoptOrdersPayload(results=results, succeeded=len(results) - failed, failed=failed)


def _result(at: int, answer: Adopted | DomainError, order: AmazonOrderRecord | None) -> AdoptedOrderResult:
    if isinstance(answer, DomainError):
        answer.path = ("input", "orders", str(at), *answer.path)
        return AdoptedOrderResult(index=at, order=order, errors=[user_error(answer)])
    return AdoptedOrderResult(index=at, adoption=answer, order=order)


@strawberry.type
class TakeoverChanges:
    """The changes of a takeover."""

    adopt_orders: AdoptOrdersPayload = strawberry.mutation(
        resolver=adopt,
        extensions=[RefusalsAsUserErrors(AdoptOrdersPayload)],
        description="Take over orders that another system has imported: their commerce orders get the numbers that it "
        "gave, whenever they were placed, and other programs are told ADOPTED instead of IMPORTED. The same again "
        "changes nothing; another number is refused unless `replace` says that the one before was wrong. "
        "`orderlane orders adopt` sends a CSV file this way.",
    )
