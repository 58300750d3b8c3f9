"""The marketplaces of Amazon: where orders are placed, in which currency, and by which rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from simulator.instants import to_milliseconds

WITHOUT_DECIMALS: Final = frozenset({"JPY"})
TAX_ON_TOP: Final = {"US": 825, "CA": 1300}  # in hundredths of a percent; elsewhere prices include the tax
LONG_HISTORY: Final = frozenset({"JP", "AU", "SG"})
LONG_HISTORY_START: Final = to_milliseconds(datetime(2016, 1, 1, tzinfo=UTC))
HISTORY: Final = timedelta(days=2 * 365) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One country's Amazon site."""

    marketplace_id: str
    country: str
    currency: str
    region: str
    domain: str
    language: str

    @property
    def name(self) -> str:
        """What Amazon calls the marketplace, for example Amazon.co.uk."""
        return f"Amazon.{self.domain}"

    @property
    def decimals(self) -> int:
        """How many decimals an amount of the currency has."""
        return decimals_of(self.currency)

    def oldest_order(self, now: int) -> int:
        """Return the creation time before which orders are no longer served.

        "Orders API v2026-01-01": two years, but back to 2016 in Japan, Australia and Singapore.
        """
        return LONG_HISTORY_START if self.country in LONG_HISTORY else now - HISTORY


def decimals_of(currency: str) -> int:
    """Return how many decimals an amount of the currency has."""
    return 0 if currency in WITHOUT_DECIMALS else 2


MARKETPLACES: Final = {
    row[0]: Marketplace(*row)
    for row in (
        ("ATVPDKIKX0DER", "US", "USD", "NA", "com", "en_US"),
        ("A2EUQ1WTGCTBG2", "CA", "CAD", "NA", "ca", "en_CA"),
        ("A1AM78C64UM0Y8", "MX", "MXN", "NA", "com.mx", "es_MX"),
        ("A2Q3Y263D00KWC", "BR", "BRL", "NA", "com.br", "pt_BR"),
        ("A1F83G8C2ARO7P", "GB", "GBP", "EU", "co.uk", "en_GB"),
        ("A1PA6795UKMFR9", "DE", "EUR", "EU", "de", "de_DE"),
        ("A13V1IB3VIYZZH", "FR", "EUR", "EU", "fr", "fr_FR"),
        ("APJ6JRA9NG5V4", "IT", "EUR", "EU", "it", "it_IT"),
        ("A1RKKUPIHCS9HS", "ES", "EUR", "EU", "es", "es_ES"),
        ("A1805IZSGTT6HS", "NL", "EUR", "EU", "nl", "nl_NL"),
        ("AMEN7PMS3EDWL", "BE", "EUR", "EU", "com.be", "nl_BE"),
        ("A28R8C7NBKEWEA", "IE", "EUR", "EU", "ie", "en_IE"),
        ("A2NODRKZP88ZB9", "SE", "SEK", "EU", "se", "sv_SE"),
        ("A1C3SOZRARQ6R3", "PL", "PLN", "EU", "pl", "pl_PL"),
        ("A33AVAJ2PDY3EV", "TR", "TRY", "EU", "com.tr", "tr_TR"),
        ("ARBP9OOSHTCHU", "EG", "EGP", "EU", "eg", "ar_EG"),
        ("A17E79C6D8DWNP", "SA", "SAR", "EU", "sa", "ar_SA"),
        ("A2VIGQ35RCS4UG", "AE", "AED", "EU", "ae", "ar_AE"),
        ("A21TJRUUN4KGV", "IN", "INR", "EU", "in", "en_IN"),
        ("AE08WJ6YKNBMC", "ZA", "ZAR", "EU", "co.za", "en_ZA"),
        ("A1VC38T7YXB528", "JP", "JPY", "FE", "co.jp", "ja_JP"),
        ("A39IBJ37TRP1C6", "AU", "AUD", "FE", "com.au", "en_AU"),
        ("A19VAU5U5O7RUS", "SG", "SGD", "FE", "sg", "en_SG"),
    )
}
FIRST_MARKETPLACE: Final = "ATVPDKIKX0DER"
