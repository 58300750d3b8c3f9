"""What the back office can do: each feature with the operation that does it; its end-to-end test bears its name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

STORIES: Final = Path(__file__).parent / "stories"
PAGE: Final = Path(__file__).parents[2] / "docs" / "features.md"
ABOUT: Final = (
    "# What it can do\n\n"
    "Each feature of a commerce back office with a marketplace beside it, the operation of the GraphQL API (or the "
    "command) that does it,\nand the end-to-end test that shows it: the whole service against the simulated Amazon. "
    "*Core* features are what such a back office cannot do without.\n"
    "This page is written by `python -m tests.end_to_end.features`.\n"
)


@dataclass(frozen=True)
class Feature:
    """A feature; `operations` are fields of the schema as `Type.field`, or commands as they are typed.

    One that is left out has none, and says why.
    """

    name: str
    operations: tuple[str, ...]
    is_core: bool = True
    why_not: str | None = None

    @property
    def test(self) -> str:
        """What its tests are called; several begin so."""
        return "test_" + "_".join(re.findall("[a-z0-9]+", self.name.lower()))


def _core(name: str, *operations: str) -> Feature:
    return Feature(name, operations)


def _more(name: str, *operations: str) -> Feature:
    return Feature(name, operations, is_core=False)


def _left_out(name: str, why: str) -> Feature:
    return Feature(name, (), is_core=False, why_not=why)


FEATURES: Final = (
    _core("Amazon store entity", "Query.stores", "Query.store"),
    _core("Connect / authorise store", "Mutation.connectStore"),
    _core("Store status Active/Inactive", "Mutation.pauseStore", "Mutation.resumeStore"),
    _more("Delete store", "Mutation.deleteStore"),
    _core("Integration cut-off", "Store.cutoffAt", "Mutation.previewBackfill", "Mutation.startBackfill"),
    _core("Amazon status values", "AmazonOrder.status", "AmazonOrder.displayStatus"),
    _core("Order Notes", "AmazonOrder.latestEvent", "AmazonOrder.events"),
    _more("Order as it was", "Query.amazonOrderAsOf"),
    _more("Note history", "AmazonOrder.events", "OrderEvent.at"),
    _core("Order number link targets", "AmazonOrder.defaultTarget", "AmazonOrder.sellerCentralUrl"),
    _core(
        "Amazon Order Details",
        "Query.amazonOrder",
        "AmazonOrder.paymentMethods",
        "AmazonOrder.salesChannel",
        "AmazonOrder.withheldNote",
        "OrderItem.condition",
        "OrderItem.rowPrice",
        "AmazonOrder.packages",
    ),
    _core("Edit shipping address + Save Order", "Mutation.correctAddress"),
    _more("Corrections survive sync", "AmazonOrder.addressCorrections"),
    _core("FBA placeholder data", "AmazonOrder.shippingAddress", "CommerceOrder.shippingAddress"),
    _core("Order settings: import on/off", "Mutation.updateOrderSettings"),
    _core("Order settings: target store view", "Mutation.updateOrderSettings"),
    _core("Order settings: customer creation", "Mutation.updateOrderSettings"),
    _core("Order settings: number source", "Mutation.updateOrderSettings"),
    _core("Order settings: order status", "Mutation.updateOrderSettings"),
    _more("Order settings: pending reservation", "Mutation.updateOrderSettings"),
    _core("Settings disabled when import off", "OrderSettings.fields"),
    _core("Import process Pending -> Unshipped -> Commerce Processing", "AmazonOrder.commerceOrder"),
    _core("FBM/FBA decision matrix", "AmazonOrder.importDecision"),
    _core("FBA: create at Shipped, Complete", "AmazonOrder.commerceOrder"),
    _core("Customer lookup/creation", "CommerceOrder.customer", "Query.customers"),
    _core("Amounts: Amazon prices, discount, tax", "CommerceOrder.total", "CommerceOrder.lines"),
    _more(
        "Currency conversion",
        "Mutation.setCurrencyRates",
        "CommerceOrder.baseTotal",
        "CommerceOrderConnection.totals",
        "StoreDashboard.baseSales",
        "orderlane rates import",
        "orderlane config base-currency",
    ),
    _more(
        "Shipping price/tax, gift wrap, remainder rounding",
        "CommerceOrder.shipping",
        "CommerceOrder.giftWrap",
        "CommerceOrderLine.unitPrice",
    ),
    _core("Region normalisation", "CommerceOrder.shippingAddress"),
    _more("Name sanitising", "CommerceOrder.billingAddress", "CommerceOrder.shippingAddress"),
    _core(
        "View order sections",
        "Query.commerceOrder",
        "CommerceOrder.billingAddress",
        "CommerceOrder.shippingMethod",
        "CommerceOrderLine.status",
        "CommerceOrder.totalDue",
    ),
    _core("Amazon block in Payment and Shipping", "CommerceOrder.payment"),
    _core(
        "Commerce order actions",
        "Mutation.holdOrder",
        "Mutation.unholdOrder",
        "Mutation.cancelOrder",
        "AmazonOrder.holds",
        "Mutation.bulkHoldOrders",
        "Mutation.bulkUnholdOrders",
        "Mutation.bulkShipOrders",
        "Mutation.bulkCancelOrders",
        "Query.printDocuments",
        "orderlane orders hold",
        "orderlane orders unhold",
    ),
    _core("State machine and permissions", "AmazonOrder.actions", "CommerceOrder.actions"),
    _core(
        "Custom order status",
        "Mutation.createOrderStatus",
        "Mutation.assignOrderStatus",
        "Mutation.unassignOrderStatus",
        "Query.orderStatuses",
    ),
    _core("Create invoice", "Mutation.invoiceOrder", "Query.invoices", "orderlane orders invoice"),
    _core("Comments", "Mutation.addOrderComment", "CommerceOrder.comments", "orderlane orders comment"),
    _more(
        "Commerce order actions: print",
        "Invoice.printUrl",
        "Shipment.pdfUrl",
        "CreditMemo.pdfUrl",
        "Query.printDocuments",
        "orderlane orders print",
    ),
    _core("Auto-invoice at import", "CommerceOrder.invoices"),
    _core("Two-way order link, unique", "AmazonOrder.commerceOrder", "CommerceOrder.amazonOrder"),
    _core("Stock reservation / FBA none", "Product.reserved"),
    _core("Blocker B1 not in catalog", "Mutation.applyResolution"),
    _core("Blocker B2 disabled", "Mutation.applyResolution", "Mutation.enableProduct"),
    _core("Blocker B3 out of stock", "Mutation.applyResolution", "Mutation.restockProduct"),
    _core("Other blockers B4: address", "Mutation.correctAddress"),
    _more("Other blockers B4-B13", "AmazonOrder.blockers", "AmazonOrder.importDecision", "Mutation.retryImport"),
    _core("System message naming stores", "Query.systemMessages"),
    _core("Retry on next sync", "Query.evaluationBacklog"),
    _core("One failure does not stop others", "SyncRun.failed"),
    _more("Manual retry / why-blocked query", "Mutation.retryImport", "AmazonOrder.blockers"),
    _core(
        "Match listing to product, create product from listing",
        "Mutation.matchProduct",
        "Mutation.createProductFromItem",
    ),
    _more("Auto-create disabled product", "Mutation.updateOrderSettings", "OrderSettings.autoCreateProducts"),
    _core("Import disabled: view only", "AmazonOrder.actions"),
    _core("Cancel unshipped order with reason", "Mutation.cancelOrder", "orderlane orders cancel"),
    _core("Cancel refused unless Unshipped", "Mutation.cancelOrder"),
    _core("Cancel effect on Commerce order", "CommerceOrder.creditMemos"),
    _core("Cancel notice to Amazon and buyer", "AmazonOrder.commands"),
    _more("Cancel confirmation / rollback", "AmazonOrder.commands"),
    _more("Partial cancellation", "Mutation.cancelRest", "orderlane orders cancel"),
    _more("Refund towards Amazon", "Mutation.refundOrder", "CreditMemo.command", "Mutation.confirmCommand"),
    _core("Buyer or Amazon cancel inbound", "AmazonOrder.buyerCancellation"),
    _core("Ship from Commerce with tracking -> Amazon Shipped", "Mutation.shipOrder", "orderlane orders ship"),
    _core("Partial shipments", "Mutation.shipOrder"),
    _core(
        "Create shipment",
        "Mutation.shipOrder",
        "Mutation.addTrack",
        "Mutation.correctTrack",
        "Package.trackingUrl",
        "orderlane orders ship",
        "orderlane orders track",
    ),
    _core("Carrier mapping", "Mutation.shipOrder", "Query.carriers", "orderlane orders carriers"),
    _more("Several tracks per shipment", "Mutation.shipOrder"),
    _core("Completion on next cron", "AmazonOrder.displayStatus"),
    _core("Scheduled sync with configurable interval", "Store.nextSyncAt"),
    _more("Run sync on demand, per store and step", "Mutation.syncNow", "orderlane sync"),
    _core("Lock against overlapping runs", "Store.syncRuns"),
    _core("Command outbox with retry", "Mutation.retryCommand", "Mutation.giveUpCommand", "Query.commands"),
    _core("Store dashboard query", "Store.dashboard", "orderlane stores show"),
    _core("Recent Orders", "StoreDashboard.recentOrders"),
    _more("Revenue 7/30 days, lifetime sales", "StoreDashboard.revenue", "StoreDashboard.lifetimeSales"),
    _more("Orders awaiting shipment count", "StoreDashboard.awaitingShipment", "Query.shipByWorklist"),
    _more("Deadlines", "Query.shipByWorklist", "Query.deliveryFigures", "Query.cancelReasons"),
    _more("Read-only mode", "Mutation.updateGlobalSettings", "orderlane config read-only"),
    _more("Communication errors log", "Query.communicationErrors", "orderlane doctor"),
    _more("Listing changes log", "Query.listingChanges"),
    _more("Log retention", "Mutation.updateGlobalSettings"),
    _core("Emails to buyer", "Mutation.sendEmail", "CommerceOrder.emails", "Query.emails"),
    _core("All Orders", "Query.amazonOrders", "orderlane orders list"),
    _core("Order filters", "Query.amazonOrders"),
    _more("Sort over the whole set, decimals in Total", "Query.amazonOrders"),
    _more("Old grid columns", "AmazonOrder.isStockReserved"),
    _more(
        "Saved views, columns, CSV/Excel export",
        "Mutation.createView",
        "Mutation.exportOrders",
        "orderlane orders export",
    ),
    _core("Commerce order search", "Query.commerceOrders"),
    _more(
        "Changes and webhooks", "Query.changes", "Mutation.createWebhook", "Mutation.setExternalId", "Mutation.tagOrder"
    ),
    _more(
        "Multi-source inventory",
        "Query.sources",
        "Mutation.saveSource",
        "Mutation.orderSources",
        "Mutation.transferStock",
        "Product.stockBySource",
        "Query.shipmentProposal",
        "Mutation.shipOrder",
        "orderlane sources save",
        "orderlane products restock",
    ),
    _core("Credit memo / refund", "Mutation.refundOrder", "CommerceOrder.refundable", "orderlane orders refund"),
    _core("Marketplace simulator", "orderlane simulate"),
    _left_out(
        "Permission for the channel",
        "there are no users here: it listens on this machine alone, and a proxy with a login stands before it",
    ),
    _left_out("Reorder, archive, transactions", "an order of Amazon's is ordered, paid and kept at Amazon"),
)


@cache
def told() -> set[str]:
    """Return the names of all tests that tell a story."""
    return {
        node.name
        for file in STORIES.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name.startswith("test_")
    }


def page() -> str:
    """Return the page that lists them."""
    return ABOUT + "\n" + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| feature | core | status | how | shown by |"
    yield "|---|---|---|---|---|"
    for feature in FEATURES:
        core = "yes" if feature.is_core else ""
        if feature.why_not is None:
            how = ", ".join(f"`{operation}`" for operation in feature.operations)
            yield f"| {feature.name} | {core} | works | {how} | `{feature.test}` |"
        else:
            yield f"| {feature.name} | {core} | left out | {feature.why_not} | |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
