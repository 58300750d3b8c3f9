import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commerce.person_names import PLACEHOLDER, person_name, plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Ada Byron", "Ada Byron"),
        ("  José   María\tO'Neil-Ångström Jr. ", "José María O'Neil-Ångström Jr."),
        ("Zoë 🎉 Müller", "Zoë Müller"),
        ("<b>Ada</b> {{x}}", "b Ada /b x"),
        ("Ada\x00\u202eByron", "Ada Byron"),
        ("山田・太郎", "山田・太郎"),
        ("محمد بن علي", "محمد بن علي"),
        ("Müller & Söhne (Büro)", "Müller & Söhne (Büro)"),
        ("***", None),
        ("-.-", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_loses_what_names_are_not_written_with(name: str | None, plain: str | None):
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("name", "first", "last", "is_placeholder"),
    [
        ("Ada Byron", "Ada", "Byron", False),
        ("Ada King Byron", "Ada", "King Byron", False),
        ("Ada", "Ada", PLACEHOLDER, False),
        (" 🎉 ", PLACEHOLDER, PLACEHOLDER, True),
        (None, PLACEHOLDER, PLACEHOLDER, True),
    ],
)
def test_a_name_is_split_at_its_first_space(name: str | None, first: str, last: str, is_placeholder: bool):
    assert person_name(name) == (first, last, is_placeholder)


@given(st.text())
def test_doing_it_again_changes_nothing(name: str):
    plain = plain_name(name)
    assert plain_name(plain) == plain
    assert all(person_name(name)[:2])
