import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.buyer_names import NameOf, anybody, beginnings, email_term, terms_of, whole_name
from tests.counted import rounds

BUYER, RECIPIENT = NameOf.BUYER, NameOf.RECIPIENT


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def indexed(buyer: str | None, recipient: str | None = None, email: str | None = None) -> set[str]:
    return terms_of(buyer=buyer, recipient=recipient, email=email, digest=digest)


def begins(terms: set[str], text: str, whose: NameOf = BUYER) -> bool:
    """Whether an order with these terms is found by how its names begin."""
    words = beginnings(text, whose, digest)
    return bool(words) and all(any(span.low <= term < span.high for span in word for term in terms) for word in words)


def is_whole(terms: set[str], name: str, whose: NameOf = BUYER) -> bool:
    return any(term in terms for term in whole_name(name, whose, digest))


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ada Byron", "byr", True),
        ("Ada Byron", "BYRON", True),
        ("Ada Byron", "ada byr", True),
        ("Ada Byron", "byron, ada", True),
        ("Ada Byron", "byrons", False),
        ("Ada Byron", "yron", False),
        ("Ada Byron", "by", False),
        ("Ada Byron", "ada king", False),
        ("Li Wei", "li", True),
        ("Li Wei", "l", False),
        ("Lin Wei", "li", False),
        ("José Müller-Lüdenscheidt", "muller", True),
        ("José Müller-Lüdenscheidt", "lüden", True),
        ("Jose Muller", "JOSÉ", True),
        ("Groß", "gross", True),
        ("王小明", "王", True),
        ("王小明", "王小", True),
        ("王小明", "小", False),
        ("김민준", "김", True),
        ("ガガ", "カ", True),
        ("Wolfeschlegelsteinhausen", "wolfeschlegels", True),
        ("Wolfeschlegelsteinhausen", "wolfeschlegelsteinXX", True),
        ("O'Neil", "nei", True),
        ("Ada", "%", False),
        ("", "ada", False),
    ],
)
def test_a_name_is_found_by_how_its_parts_begin(name: str, text: str, found: bool) -> None:
    assert begins(indexed(name), text) is found


def test_a_whole_name_is_found_whatever_its_case_and_accents() -> None:
    terms = indexed("José  Müller-Lüdenscheidt")
    assert is_whole(terms, "jose muller ludenscheidt")
    assert not is_whole(terms, "muller ludenscheidt jose")
    assert not is_whole(terms, "jose muller")


def test_buyer_and_recipient_are_told_apart_and_share_what_is_the_same() -> None:
    apart = indexed("Ada Byron", "Grace Hopper")
    assert (begins(apart, "ada"), begins(apart, "ada", RECIPIENT)) == (True, False)
    assert (begins(apart, "hop"), begins(apart, "hop", RECIPIENT)) == (False, True)
    assert (is_whole(apart, "Grace Hopper"), is_whole(apart, "Grace Hopper", RECIPIENT)) == (False, True)
    same = indexed("Ada Byron", "ADA BYRON")
    assert len(same) == 3 < len(apart) == 6
    assert all(begins(same, "byr", whose) and is_whole(same, "ada byron", whose) for whose in NameOf)
    assert [len(word) for word in anybody("ada byr", digest)] == [3, 3]


def test_an_e_mail_is_found_whole_whatever_its_case() -> None:
    assert indexed(None, None, " Ada@Example.org ") == {email_term("ada@example.ORG", digest)}
    assert indexed(None, None, " ") == indexed(None) == indexed("!") == set()


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_term_is_one_letter_and_digits_of_a_digest_and_fits_its_column(buyer: str, recipient: str) -> None:
    for term in indexed(buyer, recipient, "a@b.c"):
        assert set(term[1:]) <= set("0123456789abcdef")
        assert len(term) <= 64


@settings(max_examples=rounds(200))
@given(st.lists(st.text("abcdefgäß", min_size=3, max_size=12), min_size=1, max_size=4), st.data())
def test_every_beginning_of_three_letters_or_more_finds_its_name(parts: list[str], data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(parts))
    length = data.draw(st.integers(3, len(part)))
    assert begins(indexed(" ".join(parts)), part[:length])
