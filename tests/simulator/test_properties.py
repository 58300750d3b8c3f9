import copy
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from simulator.amounts import money, parse_amount
from simulator.instants import parse_time, to_milliseconds, wire_time
from simulator.marketplaces import MARKETPLACES, decimals_of
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed, Package, pack
from simulator.orders.proceeds import Charges, item_proceeds, order_proceeds

CURRENCIES = st.sampled_from(sorted({marketplace.currency for marketplace in MARKETPLACES.values()}))
MINOR = st.integers(min_value=0, max_value=10**9)
CHARGES = st.builds(
    Charges, item=MINOR, shipping=MINOR, gift_wrap=MINOR, discount=MINOR, tax_rate=st.integers(0, 3_000)
)


def total(breakdowns: list[Document], key: str = "subtotal") -> Decimal:
    return sum((Decimal(one[key]["amount"]) for one in breakdowns), Decimal(0))


class TestProceeds:
    @given(st.lists(CHARGES, min_size=1, max_size=6), CURRENCIES)
    def test_add_up_in_every_currency(self, lines: list[Charges], currency: str) -> None:
        order = order_proceeds(lines, currency)
        items = [item_proceeds(charges, currency) for charges in lines]
        assert Decimal(order["grandTotal"]["amount"]) == total(order["breakdowns"])
        assert Decimal(order["grandTotal"]["amount"]) == total(items, "proceedsTotal")
        for item in items:
            assert Decimal(item["proceedsTotal"]["amount"]) == total(item["breakdowns"])
            for one in item["breakdowns"]:
                if "detailedBreakdowns" in one:
                    assert total(one["detailedBreakdowns"], "value") == Decimal(one["subtotal"]["amount"])

    def test_half_a_cent_of_tax_is_rounded_up(self) -> None:
        assert [Charges(item=item, tax_rate=50).total() for item in (99, 100, 299, 300)] == [99, 101, 300, 302]

    @given(st.integers(min_value=-(10**12), max_value=10**12), CURRENCIES)
    def test_an_amount_has_the_decimals_of_its_currency(self, minor: int, currency: str) -> None:
        amount = Decimal(money(minor, currency)["amount"])
        assert amount.scaleb(decimals_of(currency)) == minor
        exponent = amount.as_tuple().exponent
        assert exponent == -decimals_of(currency)

    @given(MINOR, CURRENCIES)
    def test_an_amount_is_read_back(self, minor: int, currency: str) -> None:
        assert parse_amount(money(minor, currency)["amount"], currency) == minor


class TestTime:
    @given(st.integers(min_value=0, max_value=7_258_118_400_000))
    def test_a_moment_is_read_back(self, milliseconds: int) -> None:
        text = wire_time(milliseconds)
        assert len(text) == 24
        moment = parse_time(text)
        assert moment is not None
        assert to_milliseconds(moment) == milliseconds


class TestShipping:
    @given(
        ordered=st.lists(st.integers(0, 5), min_size=1, max_size=3),
        packages=st.lists(
            st.tuples(st.integers(1, 4), st.dictionaries(st.integers(0, 2), st.integers(1, 6), min_size=1)),
            max_size=12,
        ),
    )
    def test_never_sends_more_than_was_ordered(
        self, ordered: list[int], packages: list[tuple[int, dict[int, int]]]
    ) -> None:
        order: Document = {
            "orderId": "1",
            "fulfillment": {"fulfillmentStatus": "UNSHIPPED"},
            "orderItems": [
                {"orderItemId": str(number), "quantityOrdered": quantity, "product": {}}
                for number, quantity in enumerate(ordered)
            ],
        }
        for reference, wanted in packages:
            quantities = {str(number): quantity for number, quantity in wanted.items()}
            package = Package(
                reference=str(reference), quantities=quantities, carrier="UPS", tracking_number="1", shipped=0
            )
            order = self.try_to_pack(order, package)
            sent: dict[str, int] = {}
            for one in order.get("packages", []):
                for item in one["packageItems"]:
                    sent[item["orderItemId"]] = sent.get(item["orderItemId"], 0) + item["quantity"]
            for item in order["orderItems"]:
                fulfilled = item.get("fulfillment", {}).get("quantityFulfilled", 0)
                unfulfilled = item.get("fulfillment", {}).get("quantityUnfulfilled", item["quantityOrdered"])
                assert fulfilled == sent.get(item["orderItemId"], 0)
                assert 0 <= fulfilled <= item["quantityOrdered"] == fulfilled + unfulfilled
            is_whole = all(sent.get(str(number), 0) == quantity for number, quantity in enumerate(ordered))
            status = order["fulfillment"]["fulfillmentStatus"]
            assert status == ("UNSHIPPED" if not sent else "SHIPPED" if is_whole else "PARTIALLY_SHIPPED")

    def try_to_pack(self, order: Document, package: Package) -> Document:
        tried = copy.deepcopy(order)
        try:
            pack(tried, package, at=0)
        except NotAllowed:
            return order
        return tried
