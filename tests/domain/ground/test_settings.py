import dataclasses
from datetime import timedelta

import pytest

from domain.accounts.order_settings import CustomerCreation, InitialStatusMode, OrderSettings, StockRule
from domain.accounts.records import SettingsVersion, Store
from domain.accounts.settings import changed_settings, settings_of, settings_of_stores, update_order_settings
from domain.accounts.settings_input import changed_names, edit_refusals, from_values, graphql_name, to_values
from domain.amazon.records import AmazonOrder
from domain.errors import InvalidInput, NotFound, RequiredInput, StaleVersion
from domain.timeline import Actor, ActorKind, Event
from tests.domain.ground.seeds import seed_order, seed_store

ADA = Actor(ActorKind.USER, "ada")
DEFAULTS = OrderSettings()
EVERY_OTHER_VALUE = {
    "commerce_store_view": "german",
    "customer_creation": "NEW_CUSTOMER",
    "order_number_source": "AMAZON",
    "order_number_prefix": "DE-",
    "pending_order_stock": "DO_NOT_RESERVE",
    "reservation_days": 7,
    "stock_rule": "UNSHIPPED_ONLY",
    "fba_requires_stock": True,
    "auto_create_products": True,
    "canceled_order_end_state": "CLOSED",
    "initial_status_mode": "CUSTOM",
    "initial_status": "fraud",
    "pii_retention_days": 10,
}


@pytest.fixture
async def store(database, now):
    store = await seed_store(now)
    await SettingsVersion.create(
        store_id=store.id, version=1, values=to_values(DEFAULTS), actor_kind="USER", actor_name=None, at=now
    )
    return store


def test_every_setting_can_be_changed_and_is_read_again():
    after = changed_settings(DEFAULTS, EVERY_OTHER_VALUE)
    assert {name: getattr(after, name) for name in EVERY_OTHER_VALUE} == EVERY_OTHER_VALUE
    assert after.customer_creation is CustomerCreation.NEW_CUSTOMER
    assert set(EVERY_OTHER_VALUE) | {"import_enabled"} == {field.name for field in dataclasses.fields(OrderSettings)}
    assert from_values(to_values(after)) == after


def test_members_are_taken_as_well_as_their_words():
    assert changed_settings(DEFAULTS, {"stock_rule": StockRule.UNSHIPPED_ONLY}).stock_rule is StockRule.UNSHIPPED_ONLY


def test_an_old_version_reads_with_defaults_for_what_came_later():
    assert from_values({"reservation_days": 3, "gone": 1}) == OrderSettings(reservation_days=3)


def test_optional_texts_can_be_cleared():
    named = OrderSettings(order_number_prefix="DE-")
    assert changed_settings(named, {"order_number_prefix": None}).order_number_prefix is None


@pytest.mark.parametrize(
    ("patch", "refusal"),
    [
        ({"import_enabled": 1}, InvalidInput),
        ({"import_enabled": None}, RequiredInput),
        ({"commerce_store_view": ""}, InvalidInput),
        ({"commerce_store_view": "Two Words"}, InvalidInput),
        ({"customer_creation": "SOMETIMES"}, InvalidInput),
        ({"order_number_source": ""}, InvalidInput),
        ({"order_number_prefix": "a b"}, InvalidInput),
        ({"order_number_prefix": "x" * 17}, InvalidInput),
        ({"pending_order_stock": None}, RequiredInput),
        ({"reservation_days": 0}, InvalidInput),
        ({"reservation_days": 91}, InvalidInput),
        ({"reservation_days": True}, InvalidInput),
        ({"reservation_days": 1.5}, InvalidInput),
        ({"reservation_days": None}, RequiredInput),
        ({"stock_rule": "HONEST"}, InvalidInput),
        ({"fba_requires_stock": "yes"}, InvalidInput),
        ({"auto_create_products": 1}, InvalidInput),
        ({"auto_create_products": None}, RequiredInput),
        ({"canceled_order_end_state": "NEW"}, InvalidInput),
        ({"initial_status": "packing"}, InvalidInput),
        ({"initial_status": "Packing!", "initial_status_mode": "CUSTOM"}, InvalidInput),
        ({"pii_retention_days": 31}, InvalidInput),
        ({"pii_retention_days": 0}, InvalidInput),
        ({"sync_interval": 5}, InvalidInput),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_its_field(patch, refusal):
    with pytest.raises(refusal) as refused:
        changed_settings(DEFAULTS, patch)
    assert type(refused.value) is refusal
    assert refused.value.path == ("input", "patch", graphql_name(next(iter(patch))))


def test_a_custom_status_has_to_be_named():
    with pytest.raises(RequiredInput) as refused:
        changed_settings(DEFAULTS, {"initial_status_mode": InitialStatusMode.CUSTOM})
    assert refused.value.path == ("input", "patch", "initialStatus")
    custom = OrderSettings(initial_status_mode=InitialStatusMode.CUSTOM, initial_status="packing")
    back = changed_settings(custom, {"initial_status_mode": "DEFAULT"})
    assert back.initial_status == "packing"


def test_while_import_is_disabled_the_others_are_kept_and_not_edited():
    disabled = OrderSettings(import_enabled=False, reservation_days=7)
    with pytest.raises(InvalidInput, match="disabled") as refused:
        changed_settings(disabled, {"fba_requires_stock": True})
    assert refused.value.path == ("input", "patch", "fbaRequiresStock")
    with pytest.raises(InvalidInput, match="disabled"):
        changed_settings(DEFAULTS, {"import_enabled": False, "reservation_days": 7})
    assert changed_settings(disabled, {"reservation_days": 7}) == disabled
    assert changed_settings(OrderSettings(reservation_days=7), {"import_enabled": False}) == disabled
    enabled = changed_settings(disabled, {"import_enabled": True, "reservation_days": 8})
    assert (enabled.import_enabled, enabled.reservation_days) == (True, 8)


def test_what_cannot_be_changed_says_why_and_where():
    names = [field.name for field in dataclasses.fields(OrderSettings)]
    assert {name for name, refusal in edit_refusals(DEFAULTS).items() if refusal} == {"initial_status"}
    disabled = edit_refusals(OrderSettings(import_enabled=False))
    assert list(disabled) == names
    refusals = {name: refusal for name, refusal in disabled.items() if refusal}
    assert list(refusals) == names[1:]
    assert [refusal.path[-1] for refusal in refusals.values()] == [graphql_name(name) for name in names[1:]]


def test_the_names_of_what_differs_come_in_the_order_of_the_fields():
    after = OrderSettings(pii_retention_days=3, import_enabled=False)
    assert changed_names(DEFAULTS, after) == ["import_enabled", "pii_retention_days"]
    assert changed_names(after, after) == []


async def test_saving_makes_the_next_version_and_keeps_the_one_before(store, now):
    later = now + timedelta(hours=1)
    saved = await update_order_settings(
        store_id=store.id, patch={"reservation_days": 7}, expected_version=1, now=later, actor=ADA
    )
    assert (saved.version, saved.actor_name, saved.at) == (2, "ada", later)
    assert await settings_of(store.id) == (2, OrderSettings(reservation_days=7))
    first, second = await SettingsVersion.all().order_by("version")
    assert from_values(first.values) == DEFAULTS
    assert second.id == saved.id
    (event,) = await Event.all()
    assert (event.kind, event.store_id, event.actor_name) == ("SETTINGS_CHANGED", store.id, "ada")
    assert event.details == {"version": 2, "changes": {"reservationDays": [14, 7]}}


async def test_a_patch_that_changes_nothing_makes_no_version(store, now):
    await seed_order(store, "1", now)
    same = await update_order_settings(
        store_id=store.id, patch={"reservation_days": 14}, expected_version=None, now=now, actor=ADA
    )
    assert (same.version, await SettingsVersion.all().count(), await Event.all().count()) == (1, 1, 0)
    assert (await AmazonOrder.get()).evaluate_due is None


async def test_a_stale_version_is_refused_with_both_numbers(store, now):
    await update_order_settings(
        store_id=store.id, patch={"reservation_days": 7}, expected_version=1, now=now, actor=ADA
    )
    with pytest.raises(StaleVersion) as refused:
        await update_order_settings(
            store_id=store.id, patch={"reservation_days": 8}, expected_version=1, now=now, actor=ADA
        )
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert refused.value.path == ("input", "expectedVersion")
    assert (await settings_of(store.id))[1].reservation_days == 7


async def test_a_refused_patch_stores_nothing(store, now):
    with pytest.raises(InvalidInput):
        await update_order_settings(
            store_id=store.id,
            patch={"fba_requires_stock": True, "reservation_days": 0},
            expected_version=None,
            now=now,
            actor=ADA,
        )
    assert await settings_of(store.id) == (1, DEFAULTS)
    assert (await Store.get()).settings_version == 1


async def test_orders_that_were_not_imported_are_evaluated_again(store, now):
    await seed_order(store, "1", now, import_state="BLOCKED")
    await seed_order(store, "2", now, import_state="IMPORTED")
    await seed_order(store, "3", now, import_state="NEW", evaluate_due=now - timedelta(hours=1))
    await update_order_settings(
        store_id=store.id, patch={"import_enabled": False}, expected_version=None, now=now, actor=ADA
    )
    due = await AmazonOrder.all().order_by("id").values_list("evaluate_due", flat=True)
    assert due == [now, None, now - timedelta(hours=1)]


async def test_settings_of_many_stores_are_each_their_newest(store, now):
    other = await seed_store(now, fingerprint="g")
    await SettingsVersion.create(
        store_id=other.id, version=1, values=to_values(DEFAULTS), actor_kind="USER", actor_name=None, at=now
    )
    await update_order_settings(
        store_id=other.id, patch={"reservation_days": 7}, expected_version=None, now=now, actor=ADA
    )
    found = await settings_of_stores([other.id, store.id, store.id, 99])
    assert found == {store.id: (1, DEFAULTS), other.id: (2, OrderSettings(reservation_days=7))}
    assert await settings_of_stores([]) == {}


async def test_an_unknown_store_is_not_found(database, now):
    with pytest.raises(NotFound):
        await settings_of(99)
    with pytest.raises(NotFound):
        await update_order_settings(store_id=99, patch={}, expected_version=None, now=now, actor=ADA)
