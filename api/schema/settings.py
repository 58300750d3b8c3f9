"""The order settings of a store."""

import dataclasses
from datetime import datetime
from typing import Any

import strawberry

from api.schema.commerce_words import CommerceOrderStatus, status_of
from api.schema.enums import described
from api.schema.ids import NodeId
from api.schema.nodes import Node
from api.schema.optional import optional
from domain.accounts import order_settings as words
from domain.accounts.order_settings import (
    CustomerCreation,
    InitialStatusMode,
    OrderNumberSource,
    PendingOrderStock,
    StockRule,
)
from domain.accounts.records import SettingsVersion, Store
from domain.accounts.settings_input import edit_refusals, graphql_name
from domain.commerce.lifecycle import CommerceOrderState

described(
    CustomerCreation,
    description="Whether the buyer becomes a customer.",
    values={"GUEST": "No: every order is a guest's.", "NEW_CUSTOMER": "Yes, found again by the e-mail address."},
)
described(
    OrderNumberSource,
    description="Where a commerce order's number comes from.",
    values={"COMMERCE": "The next number of the store view.", "AMAZON": "Amazon's order number."},
)
described(
    PendingOrderStock,
    description="Whether stock is held while Amazon still verifies the payment.",
    values={"DO_NOT_RESERVE": "No.", "RESERVE": "Yes, if every item can have what it needs."},
)
described(
    StockRule,
    description="What an imported order reserves.",
    values={"DOCUMENTED": "Every item.", "UNSHIPPED_ONLY": "What still has to be shipped."},
)
described(
    InitialStatusMode,
    description="Which status a new commerce order gets.",
    values={"DEFAULT": "The default status of its state.", "CUSTOM": "The status named in the settings."},
)


@strawberry.type(description="Whether a setting can be changed.")
class SettingField:
    """A setting and why it is greyed out."""

    name: str = strawberry.field(description="Its name, as in `OrderSettingsPatch`.")
    editable: bool = strawberry.field(description="Whether it can be changed.")
    reason: str | None = strawberry.field(
        description="Why it cannot be changed: what updateOrderSettings would answer. Null if it can."
    )


@strawberry.type(description="What a store does with Amazon's orders. One for each store; every saved version is kept.")
class OrderSettings(Node):
    """One version of the settings, with the store they belong to."""

    store: strawberry.Private[Store]
    chosen: strawberry.Private[words.OrderSettings]
    version: int = strawberry.field(description="Grows with every change; send it back as `expectedVersion`.")
    import_enabled: bool = strawberry.field(description="Whether orders are imported at all.")
    commerce_store_view: str = strawberry.field(description="The store view in which commerce orders are made.")
    customer_creation: CustomerCreation = strawberry.field(description="Whether buyers become customers.")
    order_number_source: OrderNumberSource = strawberry.field(description="Where a commerce order's number comes from.")
    order_number_prefix: str | None = strawberry.field(description="What a commerce order's number begins with.")
    pending_order_stock: PendingOrderStock = strawberry.field(description="Whether pending orders hold stock.")
    reservation_days: int = strawberry.field(description="For how many days a pending order holds stock.")
    stock_rule: StockRule = strawberry.field(description="What an imported order reserves.")
    fba_requires_stock: bool = strawberry.field(
        description="Whether an order that Amazon sends needs stock of ours to be imported."
    )
    auto_create_products: bool = strawberry.field(
        description="Whether the import makes the product of a seller SKU that has none, disabled and without counted "
        "stock, instead of blocking the order; such products let orders through until somebody enables them."
    )
    canceled_order_end_state: CommerceOrderState = strawberry.field(
        description="Where a commerce order ends that Amazon cancels: COMPLETE, CLOSED or CANCELED."
    )
    initial_status_mode: InitialStatusMode = strawberry.field(description="Which status a new commerce order gets.")
    initial_status: CommerceOrderStatus | None = strawberry.field(description="The status, if it is a custom one.")
    pii_retention_days: int = strawberry.field(description="For how many days buyer data is kept after the end.")
    updated_at: datetime = strawberry.field(description="When this version was saved.")

    @strawberry.field(description="Which settings can be changed while these are in force.")
    @staticmethod
    def fields(root: strawberry.Parent["OrderSettings"]) -> list[SettingField]:
        """Return every setting with the refusal that changing it would meet."""
        return [
            SettingField(
                name=graphql_name(name), editable=refusal is None, reason=None if refusal is None else refusal.message
            )
            for name, refusal in edit_refusals(root.chosen).items()
        ]

    @strawberry.field(description="Opaque, the same for every version.")
    @staticmethod
    def id(root: strawberry.Parent["OrderSettings"]) -> strawberry.ID:
        """Return the store's id as that of its settings."""
        return strawberry.ID(str(NodeId("OrderSettings", root.store.account_id, root.store.id)))


def settings_window(store: Store, version: int, chosen: words.OrderSettings, at: datetime) -> OrderSettings:
    """Return settings as clients see them."""
    values = dataclasses.asdict(chosen)
    return OrderSettings(
        store=store,
        chosen=chosen,
        version=version,
        updated_at=at,
        **values
        | {
            "canceled_order_end_state": CommerceOrderState(chosen.canceled_order_end_state.value),
            "initial_status": status_of(chosen.initial_status) if chosen.initial_status else None,
        },
    )


async def saved_at(keys: list[tuple[int, int]]) -> list[datetime]:
    """Return when versions of stores' settings were saved."""
    found = await SettingsVersion.filter(
        store_id__in={store_id for store_id, _ in keys}, version__in={version for _, version in keys}
    )
    at = {(saved.store_id, saved.version): saved.at for saved in found}
    return [at[key] for key in keys]


@strawberry.input(description="What to change; what is left out stays.")
class OrderSettingsPatch:
    """A change of settings."""

    import_enabled: bool | None = optional("Whether orders are imported at all.")
    commerce_store_view: str | None = optional("The store view in which commerce orders are made.")
    customer_creation: CustomerCreation | None = optional("Whether buyers become customers.")
    order_number_source: OrderNumberSource | None = optional("Where a commerce order's number comes from.")
    order_number_prefix: str | None = optional("What a commerce order's number begins with; null for nothing.")
    pending_order_stock: PendingOrderStock | None = optional("Whether pending orders hold stock.")
    reservation_days: int | None = optional("For how many days a pending order holds stock, 1 to 90.")
    initial_status_mode: InitialStatusMode | None = optional("Which status a new commerce order gets.")
    initial_status: str | None = optional("The code of a custom status; null for none.")
    stock_rule: StockRule | None = optional("What an imported order reserves.")
    fba_requires_stock: bool | None = optional("Whether an order that Amazon sends needs stock of ours to be imported.")
    auto_create_products: bool | None = optional(
        "Whether the import makes the product of a seller SKU that has none, disabled and without counted stock, "
        "instead of blocking the order; such products let orders through until somebody enables them."
    )
    canceled_order_end_state: CommerceOrderState | None = optional(
        "Where a commerce order ends that Amazon cancels: COMPLETE, CLOSED or CANCELED."
    )
    pii_retention_days: int | None = optional("For how many days buyer data is kept after the end, 1 to 30.")


def patch_of(patch: OrderSettingsPatch) -> dict[str, Any]:
    """Return what a patch says, by the names of the settings; null is kept, what is left out is not there."""
    said = ((field.name, getattr(patch, field.name)) for field in dataclasses.fields(patch))
    return {name: value for name, value in said if value is not strawberry.UNSET}
