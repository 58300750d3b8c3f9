"""What a seller sells: two dozen products, each with a price in every currency."""

from dataclasses import dataclass
from typing import Final

from simulator.chance import chance
from simulator.marketplaces import decimals_of

TITLES: Final = (
    ("MUG-STONEWARE-350", "Stoneware Mug 350 ml, Ocean Blue", 1499),
    ("NOTEBOOK-A5-DOTTED", "Dotted Notebook A5, 160 Pages", 1199),
    ("LAMP-DESK-LED", "LED Desk Lamp, Dimmable, Three Colour Temperatures", 3999),
    ("BAG-TOTE-CANVAS", "Canvas Tote Bag, Reinforced Handles", 1899),
    ("TOWEL-BATH-2", "Cotton Bath Towels, Set of 2", 2999),
    ("KNIFE-CHEF-20", "Chef's Knife 20 cm, Forged Steel", 5499),
    ("BOARD-CUTTING-OAK", "Oak Cutting Board with Juice Groove", 3499),
    ("BOTTLE-STEEL-750", "Insulated Steel Bottle 750 ml", 2499),
    ("YOGA-MAT-6MM", "Yoga Mat 6 mm, Non-slip", 3299),
    ("CANDLE-BEESWAX-3", "Beeswax Candles, Set of 3", 1999),
    ("PUZZLE-1000-ALPS", "Jigsaw Puzzle 1000 Pieces, Alpine Lake", 2199),
    ("CABLE-USBC-2M", "USB-C Charging Cable 2 m, Braided", 1299),
    ("SPEAKER-MINI", "Portable Speaker, Waterproof", 4599),
    ("CUSHION-LINEN-45", "Linen Cushion Cover 45 x 45 cm", 1799),
    ("PLANTER-CERAMIC-M", "Ceramic Planter with Saucer, Medium", 2799),
    ("TEA-EARL-GREY-100", "Earl Grey Tea, 100 Bags", 899),
    ("BACKPACK-CITY-20L", "City Backpack 20 l, Recycled Fabric", 6499),
    ("CLOCK-WALL-30", "Silent Wall Clock 30 cm", 2599),
    ("HEADPHONES-STUDIO", "Studio Headphones, Closed Back", 8999),
    ("MOUSE-WIRELESS", "Wireless Mouse, Silent Click", 1999),
    ("KETTLE-GOOSENECK", "Gooseneck Kettle 1 l with Thermometer", 7499),
    ("BLANKET-WOOL", "Merino Wool Blanket 130 x 180 cm", 11999),
    ("SCALE-KITCHEN", "Kitchen Scale, 1 g Steps", 2299),
    ("UMBRELLA-TRAVEL", "Travel Umbrella, Windproof", 2699),
)
FULFILLED_BY_AMAZON: Final = frozenset(
    {"CABLE-USBC-2M", "SPEAKER-MINI", "HEADPHONES-STUDIO", "MOUSE-WIRELESS", "BOTTLE-STEEL-750"}
)
PER_DOLLAR: Final = {
    "USD": 100, "CAD": 136, "MXN": 1800, "BRL": 520, "GBP": 80, "EUR": 93, "SEK": 1050, "PLN": 400, "TRY": 3400,
    "EGP": 4800, "SAR": 375, "AED": 367, "INR": 8400, "ZAR": 1850, "JPY": 15000, "AUD": 152, "SGD": 134,
}  # fmt: skip
LETTERS: Final = "0123456789BCDFGHJKLMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Product:
    """Something a seller offers on Amazon, under the seller's own SKU."""

    sku: str
    asin: str
    title: str
    fulfilled_by: str
    cents: int

    def price(self, currency: str) -> int:
        """Return the price of one unit in minor units of the currency; it includes tax where prices do."""
        if currency == "USD":
            return self.cents
        if decimals_of(currency) == 0:
            return max(10, self.cents * PER_DOLLAR[currency] // 100_000 * 10)
        return self.cents * PER_DOLLAR[currency] // 10_000 * 100 + 99


def draw_catalog(seed: str, seller: str) -> tuple[Product, ...]:
    """Return the products of a seller: the same SKUs for each, with ASINs and prices of their own."""
    random = chance(seed, "catalog", seller)
    return tuple(
        Product(
            sku=sku,
            asin=_asin(seed, seller, sku),
            title=title,
            fulfilled_by="AMAZON" if sku in FULFILLED_BY_AMAZON else "MERCHANT",
            cents=cents + 100 * random.randint(-2, 4),
        )
        for sku, title, cents in TITLES
    )


def unlisted_product(seed: str, seller: str, sku: str, fulfilled_by: str) -> Product:
    """Return a product for a SKU that the catalog does not have; its price comes with the order."""
    return Product(sku, _asin(seed, seller, sku), f"Product {sku}", fulfilled_by, 0)


def _asin(seed: str, seller: str, sku: str) -> str:
    random = chance(seed, "asin", seller, sku)
    return "B0" + "".join(random.choice(LETTERS) for _ in range(8))
