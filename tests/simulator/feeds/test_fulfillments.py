from typing import Any

import pytest

from simulator.world import World
from tests.simulator.feeds.writing import (
    FLAT_FULFILLMENT,
    FULFILLMENT,
    FULFILLMENT_COLUMNS,
    SHIPPED,
    codes,
    fulfillment,
    quantities,
    report_on,
    shipped_item,
    table,
)
from tests.simulator.playing import Amazon, package
from tests.simulator.submitting import processed

TWO_LINES = [{"sku": "MUG-STONEWARE-350", "quantity": 2}, {"sku": "LAMP-DESK-LED", "quantity": 1}]


@pytest.fixture
async def order(amazon: Amazon) -> dict[str, Any]:
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES, programs=[])
    return await amazon.order(order_id)


def record(order: dict[str, Any], item: int | None = None, **cells: str) -> dict[str, str]:
    named = {} if item is None else {"order-item-id": codes(order)[item]}
    parcel = {"ship-date": SHIPPED, "carrier-code": "UPS", "tracking-number": "1Z999", "ship-method": "Ground"}
    return (
        {"order-id": order["orderId"]} | named | parcel | {name.replace("_", "-"): text for name, text in cells.items()}
    )


def what_was_sent(order: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """The parcels and the lines of an order, items by their place instead of their id."""
    places = {code: place for place, code in enumerate(codes(order))}
    for one in order["packages"]:
        one["packageItems"] = [item | {"orderItemId": places[item["orderItemId"]]} for item in one["packageItems"]]
    return order["packages"], quantities(order)


@pytest.mark.parametrize("parts", [[(2, 1)], [(1, 0), (1, 1)], [(1, 0), (0, 1), (1, 0)]])
@pytest.mark.parametrize("is_flat", [False, True])
async def test_a_feed_and_a_confirmation_leave_the_same_order(
    amazon: Amazon, order: dict[str, Any], parts: list[tuple[int, int]], is_flat: bool
) -> None:
    [twin_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES, programs=[])
    twin = await amazon.order(twin_id)
    for number, part in enumerate(parts, start=1):
        if is_flat:
            rows = [record(order, item, quantity=str(units)) for item, units in enumerate(part) if units]
            text = await processed(amazon, table(FULFILLMENT_COLUMNS, *rows), FLAT_FULFILLMENT)
            assert f"Number of records successful\t\t{len(rows)}\n".encode() in text
        else:
            named = [shipped_item(code, units) for code, units in zip(codes(order), part, strict=True) if units]
            report = await report_on(amazon, FULFILLMENT, fulfillment(order["orderId"], *named))
            assert report.counts == (1, 1, 0, 0)
        items = [{"orderItemId": code, "quantity": n} for code, n in zip(codes(twin), part, strict=True) if n]
        body = package(twin, str(number), orderItems=items, shippingMethod="Ground")
        assert (await amazon.confirm(twin_id, body)).status_code == 204

    left, right = await amazon.order(order["orderId"]), await amazon.order(twin_id)
    assert left["fulfillment"]["fulfillmentStatus"] == right["fulfillment"]["fulfillmentStatus"]
    assert left["lastUpdatedTime"] == right["lastUpdatedTime"]
    assert what_was_sent(left) == what_was_sent(right)


class TestItems:
    async def test_without_items_all_that_is_open_is_sent(self, amazon: Amazon, order: dict[str, Any]) -> None:
        part = fulfillment(order["orderId"], shipped_item(codes(order)[0], 1))
        rest = fulfillment(order["orderId"], number=2)
        assert (await report_on(amazon, FULFILLMENT, part, rest)).counts == (2, 2, 0, 0)
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert [one["packageReferenceId"] for one in after["packages"]] == ["1", "2"]
        assert [one["quantity"] for one in after["packages"][1]["packageItems"]] == [1, 1]

    async def test_an_item_without_a_quantity_is_sent_whole(self, amazon: Amazon, order: dict[str, Any]) -> None:
        assert (
            await report_on(amazon, FULFILLMENT, fulfillment(order["orderId"], shipped_item(codes(order)[0])))
        ).errors == {}
        assert quantities(await amazon.order(order["orderId"])) == [(2, 2, 0), (1, 0, 1)]

    async def test_the_same_number_of_the_seller_edits_the_parcel(self, amazon: Amazon, order: dict[str, Any]) -> None:
        first = fulfillment(order["orderId"], shipped_item(codes(order)[0], 2), reference="7")
        other = "<ShipperTrackingNumber>1Z000</ShipperTrackingNumber>"
        again = fulfillment(order["orderId"], reference="7", tracking=other, number=2)
        assert (await report_on(amazon, FULFILLMENT, first, again)).counts == (2, 2, 0, 0)
        [parcel] = (await amazon.order(order["orderId"]))["packages"]
        assert (parcel["packageReferenceId"], parcel["trackingNumber"]) == ("7", "1Z000")
        assert parcel["packageItems"] == [{"orderItemId": codes(order)[0], "quantity": 2}]

    async def test_transparency_codes_travel_along(self, amazon: Amazon, order: dict[str, Any]) -> None:
        item = shipped_item(codes(order)[0], 2, "AZ:1", "AZ:2")
        assert (await report_on(amazon, FULFILLMENT, fulfillment(order["orderId"], item))).errors == {}
        [parcel] = (await amazon.order(order["orderId"]))["packages"]
        assert parcel["packageItems"][0]["transparencyCodes"] == ["AZ:1", "AZ:2"]


class TestCarriers:
    @pytest.mark.parametrize(
        ("carrier", "shown"),
        [
            ("<CarrierCode>UPS</CarrierCode>", "UPS"),
            ("<CarrierName>Bicycle</CarrierName>", "Bicycle"),
            ("<CarrierCode>Other</CarrierCode><CarrierName>Bicycle</CarrierName>", "Bicycle"),
            ("<CarrierCode>UPS</CarrierCode><CarrierName>Bicycle</CarrierName>", "UPS"),
        ],
    )
    async def test_the_carrier_is_named_by_code_or_name(
        self, amazon: Amazon, order: dict[str, Any], carrier: str, shown: str
    ) -> None:
        assert (await report_on(amazon, FULFILLMENT, fulfillment(order["orderId"], carrier=carrier))).errors == {}
        assert (await amazon.order(order["orderId"]))["packages"][0]["carrier"] == shown

    @pytest.mark.parametrize("date", ["2026-11-02", "2026-11-02T00:00:00", "2026-11-02T01:00:00+01:00"])
    async def test_a_day_alone_is_its_first_moment(self, amazon: Amazon, order: dict[str, Any], date: str) -> None:
        text = await processed(amazon, table(FULFILLMENT_COLUMNS, record(order, ship_date=date)), FLAT_FULFILLMENT)
        assert b"successful\t\t1\n" in text
        assert (await amazon.order(order["orderId"]))["packages"][0]["shipTime"] == "2026-11-02T00:00:00.000Z"


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"reference": "abc"}, 6021),
            ({"reference": "0"}, 6021),
            ({"shipped": "yesterday"}, 5002),
            ({"shipped": ""}, 5002),
            ({"carrier": ""}, 5002),
            ({"carrier": "<CarrierCode>Other</CarrierCode>"}, 6021),
            ({"tracking": ""}, 5002),
            ({"tracking": "<ShipperTrackingNumber> </ShipperTrackingNumber>"}, 5002),
        ],
    )
    async def test_a_parcel_that_is_not_described_is_refused(
        self, amazon: Amazon, order: dict[str, Any], change: dict[str, Any], code: int
    ) -> None:
        report = await report_on(amazon, FULFILLMENT, fulfillment(order["orderId"], **change))
        assert (report.counts, report.codes) == ((1, 0, 1, 0), [code])
        assert await amazon.order(order["orderId"]) == order

    @pytest.mark.parametrize(
        ("quantity", "code"),
        [
            (3, 6021),
            pytest.param("9" * 5000, 6013, id="endless"),
            (0, 6013),
            (-1, 6013),
            ("1.0", 6013),
            ("", 6013),
            ("١", 6013),
        ],
    )
    async def test_a_quantity_that_is_not_open_is_refused(
        self, amazon: Amazon, order: dict[str, Any], quantity: int | str, code: int
    ) -> None:
        report = await report_on(
            amazon, FULFILLMENT, fulfillment(order["orderId"], shipped_item(codes(order)[0], quantity))
        )
        assert report.codes == [code]
        assert await amazon.order(order["orderId"]) == order

    async def test_unknown_and_repeated_items_are_refused(self, amazon: Amazon, order: dict[str, Any]) -> None:
        unknown = fulfillment(order["orderId"], shipped_item("1", 1))
        twice = fulfillment(order["orderId"], *[shipped_item(codes(order)[0], 1)] * 2, number=2)
        nameless = fulfillment(order["orderId"], "<Item><Quantity>1</Quantity></Item>", number=3)
        assert (await report_on(amazon, FULFILLMENT, unknown, twice, nameless)).codes == [6011, 6012, 5002]

    @pytest.mark.parametrize(
        ("wish", "code"),
        [
            ({"fulfillmentStatus": "PENDING"}, 6021),
            ({"fulfillmentStatus": "SHIPPED"}, 6021),
            ({"fulfillmentStatus": "CANCELLED"}, 6021),
            ({"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "AMAZON"}, 6002),
            ({"fulfillmentStatus": "UNSHIPPED", "programs": ["FBM_SHIP_PLUS"]}, 6021),
            ({"fulfillmentStatus": "UNSHIPPED", "seller": "other"}, 6001),
        ],
    )
    async def test_an_order_that_is_not_to_be_sent_is_refused(
        self, amazon: Amazon, world: World, wish: dict[str, Any], code: int
    ) -> None:
        [order_id] = await amazon.place(**wish)
        order = world.book.get(order_id)
        assert order is not None
        before = order.packed
        assert (await report_on(amazon, FULFILLMENT, fulfillment(order_id))).codes == [code]
        assert order.packed == before

    async def test_what_was_shipped_meanwhile_is_refused(self, amazon: Amazon, order: dict[str, Any]) -> None:
        first, second = fulfillment(order["orderId"]), fulfillment(order["orderId"], number=2)
        report = await report_on(amazon, FULFILLMENT, first, second)
        assert "already fulfilled" in report.errors[2]


class TestFlatFiles:
    async def test_rows_of_one_parcel_are_one_package_and_others_are_others(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        rows = [record(order, 0, quantity="1"), record(order, 1, quantity="1"), record(order, 0, tracking_number="2")]
        await processed(amazon, table(FULFILLMENT_COLUMNS, *rows), FLAT_FULFILLMENT)
        parcels = (await amazon.order(order["orderId"]))["packages"]
        assert [(one["trackingNumber"], len(one["packageItems"])) for one in parcels] == [("1Z999", 2), ("2", 1)]

    async def test_columns_that_nobody_needs_may_be_missing(self, amazon: Amazon, order: dict[str, Any]) -> None:
        columns = ("order-id", "ship-date", "carrier-name", "tracking-number")
        row = record(order, carrier_name="Bicycle")
        assert b"successful\t\t1\n" in await processed(amazon, table(columns, row), FLAT_FULFILLMENT)
        assert await amazon.status(order["orderId"]) == "SHIPPED"

    @pytest.mark.parametrize(
        ("rows", "refused"),
        [
            ([{"order_id": ""}], [1]),
            ([{"quantity": "1"}], [1]),
            ([{}, {"item": 0, "quantity": "1"}], [1, 2]),
            ([{}, {}], [1, 2]),
            ([{"item": 0, "quantity": "x"}], [1]),
            ([{"item": 0, "quantity": "1"}, {"item": 0, "quantity": "1"}], [1, 2]),
            ([{"carrier_code": ""}], [1]),
            ([{"tracking_number": ""}], [1]),
            ([{"order_id": "902-0000000-0000000"}], [1]),
        ],
    )
    async def test_records_that_make_no_parcel_are_refused(
        self, amazon: Amazon, order: dict[str, Any], rows: list[dict[str, Any]], refused: list[int]
    ) -> None:
        records = [record(order, row.pop("item", None), **row) for row in map(dict, rows)]
        text = (await processed(amazon, table(FULFILLMENT_COLUMNS, *records), FLAT_FULFILLMENT)).decode()
        assert [int(line.split("\t")[0]) for line in text.splitlines()[5:]] == refused
        assert await amazon.order(order["orderId"]) == order
