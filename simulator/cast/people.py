"""Made-up buyers with made-up addresses: a small crowd for each country, drawn once and used again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from faker import Faker

from simulator.cast.addresses import SMALL_COUNTRIES, SmallCountry
from simulator.chance import chance, digest

CROWD: Final = 60
LOCALES: Final = {
    "US": "en_US", "CA": "en_CA", "MX": "es_MX", "BR": "pt_BR", "GB": "en_GB", "DE": "de_DE", "FR": "fr_FR",
    "IT": "it_IT", "ES": "es_ES", "NL": "nl_NL", "BE": "nl_BE", "IE": "en_IE", "SE": "sv_SE", "PL": "pl_PL",
    "IN": "en_IN", "ZA": "zu_ZA", "JP": "ja_JP", "AU": "en_AU",
}  # fmt: skip
REGIONS: Final[dict[str, str]] = {
    "US": "state_abbr", "CA": "province_abbr", "MX": "state", "BR": "estado_sigla", "IT": "state_abbr",
    "ES": "state", "IE": "county", "IN": "state", "ZA": "administrative_unit", "JP": "prefecture",
    "AU": "state_abbr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A buyer and the address that parcels go to."""

    name: str
    company: str
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str | None
    country: str
    phone: str
    mailbox: str


class Crowd:
    """The buyers of every country, drawn from one seed when first needed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def of(self, country: str) -> tuple[Person, ...]:
        """Return the buyers of a country, always the same ones for a seed."""
        return _drawn(self._seed, country)


@lru_cache(maxsize=256)
def _drawn(seed: str, country: str) -> tuple[Person, ...]:
    """Draw them once for all worlds of a process that have the seed: Faker takes its time."""
    small = SMALL_COUNTRIES.get(country)
    draw = _of_table(seed, country, small) if small else _of_faker(seed, country)
    return tuple(draw(number) for number in range(CROWD))


def _of_faker(seed: str, country: str) -> Callable[[int], Person]:
    fake = Faker(LOCALES[country])
    fake.seed_instance(f"{seed}/people/{country}")
    has_apartments = hasattr(fake, "secondary_address")

    def draw(number: int) -> Person:
        return Person(
            name=fake.name(),
            company=fake.company(),
            line1=fake.street_address(),
            line2=fake.secondary_address() if has_apartments and number % 4 == 0 else None,
            city=fake.city(),
            region=getattr(fake, REGIONS[country])() if country in REGIONS else None,
            postal_code=fake.postcode(),
            country=country,
            phone=fake.phone_number(),
            mailbox=_mailbox(seed, country, number),
        )

    return draw


def _of_table(seed: str, country: str, small: SmallCountry) -> Callable[[int], Person]:
    random = chance(seed, "people", country)

    def draw(number: int) -> Person:
        city, region, postal_code = random.choice(small.places)
        return Person(
            name=f"{random.choice(small.first_names)} {random.choice(small.last_names)}",
            company=f"{random.choice(small.last_names)} {small.company_suffix}",
            line1=small.line.format(street=random.choice(small.streets), number=random.randint(1, 180)),
            line2=f"Unit {random.randint(1, 40):02d}" if number % 4 == 0 else None,
            city=city,
            region=region,
            postal_code=postal_code,
            country=country,
            phone=f"{small.dialling_code} {random.randint(20, 99)} {random.randint(0, 9_999_999):07d}",
            mailbox=_mailbox(seed, country, number),
        )

    return draw


def _mailbox(seed: str, country: str, number: int) -> str:
    """Return the local part of the anonymised address that Amazon relays mail for."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(letters[byte % 36] for byte in digest(seed, "mailbox", country, number)[:15])
