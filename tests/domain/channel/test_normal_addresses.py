import pytest

from domain.channel.normal_address import normal_address

UNITED_STATES = [
    ("californiA", "CA"),
    ("Calif.", "CA"),
    ("  ca ", "CA"),
    ("N.Y.", "NY"),
    ("new   york", "NY"),
    ("W. Va.", "WV"),
    ("Mass", "MA"),
    ("Washington, D.C.", "DC"),
    ("Puerto Rico", "PR"),
    ("N. Carolina", "NC"),
    ("West Va.", "WV"),
    ("US-CA", "CA"),
    ("U.S. Virgin Islands", "VI"),
    ("Armed Forces Europe", "AE"),
    ("ap", "AP"),
    ("Elsewhere  Land", "Elsewhere Land"),
    ("", ""),
    (None, None),
]


@pytest.mark.parametrize(("written", "code"), UNITED_STATES)
def test_a_region_of_the_united_states_is_its_code(written, code):
    assert normal_address({"country_code": "us", "region": written})["region"] == code


@pytest.mark.parametrize(
    ("country", "written", "code"),
    [
        ("CA", "Ontario", "ON"),
        ("CA", "on", "ON"),
        ("CA", "Québec", "QC"),
        ("CA", "P.E.I.", "PE"),
        ("CA", "Alta.", "AB"),
        ("AU", "New South Wales", "NSW"),
        ("BR", "Sao Paulo", "SP"),
        ("BR", "GOIÁS", "GO"),
        ("MX", "Jalisco", "JAL"),
        ("MX", "CDMX", "CMX"),
        ("MX", "Estado de México", "MEX"),
        ("MX", "México", "MEX"),
        ("IN", "Orissa", "OD"),
        ("IT", "Roma", "RM"),
        ("IT", "mi", "MI"),
        ("IT", "Lazio", "Lazio"),  # no Italian address names it by a code
        ("DE", "  Bayern ", "Bayern"),  # no German address names it
        ("JP", "Tokyo", "Tokyo"),
        ("GB", "Calif.", "Calif."),
        (None, "Ontario", "Ontario"),
    ],
)
def test_other_countries_have_their_own_codes_or_none(country, written, code):
    assert normal_address({"country_code": country, "region": written})["region"] == code


@pytest.mark.parametrize(
    ("country", "written", "short"),
    [
        ("US", "92025-1501", "92025"),
        ("US", "920251501", "92025"),
        ("PR", " 00901-1234 ", "00901"),
        ("US", "92025", "92025"),
        ("US", "92025-", "92025-"),
        ("PL", "00-950", "00-950"),
        ("BR", "01310-1000", "01310-1000"),
        ("US", None, None),
    ],
)
def test_a_long_postal_code_of_the_united_states_is_cut_to_five(country, written, short):
    assert normal_address({"country_code": country, "postal_code": written})["postal_code"] == short


def test_everything_else_stays_and_doing_it_again_changes_nothing():
    address = {"line1": " 1 Main St ", "city": "Austin", "region": "Tex.", "postal_code": "78701-0001"}
    once = normal_address(address | {"country_code": "US"})
    assert once == {
        "line1": " 1 Main St ",
        "city": "Austin",
        "region": "TX",
        "postal_code": "78701",
        "country_code": "US",
    }
    assert normal_address(once) == once


def test_a_name_on_an_address_is_plain_and_a_missing_one_stays_missing():
    assert normal_address({"name": "Ada 🎉 <Byron>"}) == {"name": "Ada Byron"}
    assert normal_address({"name": "***"}) == {"name": None}
    assert normal_address({"name": None, "city": "X"}) == {"name": None, "city": "X"}
