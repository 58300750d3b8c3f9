"""The statuses that a merchant defines, and which of them new orders can get."""

from tortoise import fields
from tortoise.models import Model

from domain.accounts.order_settings import OrderSettings
from domain.accounts.settings_input import INITIAL_STATUSES, graphql_name
from domain.errors import InvalidInput
from domain.instant import Instant


class OrderStatus(Model):
    """A status that a merchant defined; never deleted, as orders and comments may name it."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=64)  # unique whatever its letters' case
    label = fields.CharField(max_length=100)
    state = fields.CharField(max_length=24, null=True)  # a state of commerce orders; null: assigned to none
    is_visible = fields.BooleanField()  # to buyers
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "order_status"


async def check_initial_status(before: OrderSettings, after: OrderSettings) -> None:
    """Refuse to give new orders a status that they cannot have; one that was chosen before is not looked at again.

    Inside a change the status stays assigned until it ends. Raises InvalidInput.
    """
    code = after.initial_status
    if code in (before.initial_status, None) or code in INITIAL_STATUSES:
        return
    status = await OrderStatus.select_for_update().get_or_none(code=code)
    if status is None or status.state != "PROCESSING":
        raise InvalidInput(
            "A new order is in processing, and no status of that state has this code; "
            "define it with createOrderStatus, or assign it with assignOrderStatus.",
            path=("input", "patch", graphql_name("initial_status")),
        )
