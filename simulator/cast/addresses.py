"""Names and places of the countries that Faker has no people or addresses for; none is a real person's."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SmallCountry:
    """What a buyer of the country is put together from."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[tuple[str, str | None, str | None], ...]
    line: str
    company_suffix: str
    dialling_code: str


SMALL_COUNTRIES: Final = {
    "SG": SmallCountry(
        first_names=("Wei Ling", "Jun Hao", "Siti", "Arjun", "Mei Hui", "Farid", "Kavitha", "Zhi Wei"),
        last_names=("Tan", "Lim", "Lee", "Rahman", "Nair", "Ong", "Goh", "Chua"),
        streets=("Example Avenue", "Sample Road", "Orchid Walk", "Harbour Lane", "Palm Crescent"),
        places=(("Singapore", None, "018956"), ("Singapore", None, "238801"), ("Singapore", None, "529510")),
        line="{number} {street}",
        company_suffix="Pte. Ltd.",
        dialling_code="+65",
    ),
    "EG": SmallCountry(
        first_names=("Ahmed", "Mona", "Youssef", "Nour", "Hassan", "Salma", "Karim", "Dina"),
        last_names=("Hassan", "Ibrahim", "Mansour", "Farouk", "Said", "Nasser", "Gamal", "Zaki"),
        streets=("Sample Street", "Lotus Street", "Garden Street", "River Street", "Palm Street"),
        places=(("Cairo", "Cairo", "11511"), ("Giza", "Giza", "12511"), ("Alexandria", "Alexandria", "21500")),
        line="{number} {street}",
        company_suffix="Trading",
        dialling_code="+20",
    ),
    "SA": SmallCountry(
        first_names=("Abdullah", "Fatimah", "Khalid", "Noura", "Faisal", "Reem", "Saud", "Huda"),
        last_names=("Al Amri", "Al Harbi", "Al Qahtani", "Al Zahrani", "Al Shehri", "Al Otaibi"),
        streets=("Sample Street", "Date Palm Road", "Desert Rose Street", "Falcon Street"),
        places=(("Riyadh", "Riyadh", "11564"), ("Jeddah", "Makkah", "21442"), ("Dammam", "Eastern", "31411")),
        line="{number} {street}",
        company_suffix="Est.",
        dialling_code="+966",
    ),
    "AE": SmallCountry(
        first_names=("Omar", "Aisha", "Rashid", "Mariam", "Hamad", "Layla", "Sultan", "Amna"),
        last_names=("Al Mansoori", "Al Suwaidi", "Al Ketbi", "Al Shamsi", "Al Nuaimi", "Al Hammadi"),
        streets=("Sample Street", "Marina Walk", "Pearl Road", "Dune Street", "Creek Road"),
        places=(("Dubai", "Dubai", None), ("Abu Dhabi", "Abu Dhabi", None), ("Sharjah", "Sharjah", None)),
        line="Villa {number}, {street}",
        company_suffix="FZ-LLC",
        dialling_code="+971",
    ),
    "TR": SmallCountry(
        first_names=("Elif", "Mehmet", "Zeynep", "Emre", "Ayşe", "Can", "Deniz", "Ece"),
        last_names=("Yılmaz", "Kaya", "Demir", "Şahin", "Çelik", "Aydın", "Arslan", "Doğan"),
        streets=("Örnek Caddesi", "Lale Sokak", "Çınar Sokak", "Deniz Caddesi", "Gül Sokak"),
        places=(("Kadıköy", "İstanbul", "34710"), ("Çankaya", "Ankara", "06690"), ("Konak", "İzmir", "35250")),
        line="{street} No:{number}",
        company_suffix="Ticaret A.Ş.",
        dialling_code="+90",
    ),
}
