"""Everything that changes something: the changes of each subject, joined."""

import strawberry

from api.schema.adjustment_changes import AdjustmentChanges
from api.schema.adopting import TakeoverChanges
from api.schema.blocker_changes import BlockerChanges
from api.schema.bulk_changes import BulkChanges
from api.schema.currency_changes import CurrencyChanges
from api.schema.labels import LabelChanges
from api.schema.list_changes import ListChanges
from api.schema.mail_changes import MailChanges
from api.schema.order_changes import OrderChanges
from api.schema.product_changes import ProductChanges
from api.schema.pushing_stock import ListingChanges
from api.schema.refund_changes import RefundChanges
from api.schema.service_changes import ServiceChanges
from api.schema.store_changes import StoreChanges
from api.schema.tracking import TrackingChanges
from api.schema.webhook_changes import WebhookChanges
from api.schema.workflow_changes import WorkflowChanges


@strawberry.type(
    description="Everything that changes something. What is refused comes back as `errors` of the payload; "
    "then nothing was changed."
)
class Mutation(
    StoreChanges,
    OrderChanges,
    TrackingChanges,
    ProductChanges,
    ListingChanges,
    BlockerChanges,
    RefundChanges,
    AdjustmentChanges,
    LabelChanges,
    ListChanges,
    BulkChanges,
    WebhookChanges,
    WorkflowChanges,
    MailChanges,
    ServiceChanges,
    CurrencyChanges,
    TakeoverChanges,
):
    """The changes."""
