from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from api.mail.rendering import CannotRender, Templates
from domain.commerce.letters import Letter, LetterLine, LetterParcel
from domain.commerce.mail_rules import MailKind
from domain.money import Money

LETTER = Letter(
    kind=MailKind.ORDER,
    message_id="<abc@example.com>",
    at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    sender_name='The Shop, "Berlin" <x>',
    sender_address="shop@example.com",
    recipient="ada@marketplace.amazon.de",
    copy_to=(),
    store_view="default",
    is_guest=True,
    buyer_name="Ada <script>alert(1)</script> Byron",
    address=("Ada Byron", "Straße 1 & 2", "Berlin"),
    order_number="000000001",
    amazon_order_number="902-0000000-0000001",
    document_number="000000007",
    lines=(
        LetterLine("MUG", "A <b>fine</b> {{ 7 * 7 }} mug", 3, Money(5970, "EUR")),
        LetterLine("CUP", "Cup", 1, None),
    ),
    totals=(("Subtotal", Money(5970, "EUR")),),
    total=Money(5970, "EUR"),
    parcels=(LetterParcel("DHL", "JD<0>1"), LetterParcel("Bike", None)),
    comment="First <i>line</i>\nBcc: evil@example.org",
)


def rendered(letter: Letter, folder: Path | None = None) -> tuple[dict[str, str], str, str]:
    """Return the headers, the text and the page of an e-mail as a mail program reads them."""
    read = message_from_bytes(Templates(folder).render(letter).as_bytes(), policy=default)
    text, page = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert page is not None
    assert read.get_content_type() == "multipart/alternative"
    headers = {name: str(value) for name, value in read.items()}
    words = [part.get_content().replace("\r\n", "\n") for part in (text, page)]
    return headers, words[0], words[1]


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("is_guest", [True, False])
def test_every_kind_is_worded_as_text_and_page_without_markup_of_others(kind: MailKind, is_guest: bool) -> None:
    headers, text, page = rendered(replace(LETTER, kind=kind, is_guest=is_guest))
    assert headers["Message-ID"] == "<abc@example.com>"
    assert headers["To"] == "ada@marketplace.amazon.de"
    assert headers["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert "Bcc" not in headers
    assert "902-0000000-0000001" in headers["Subject"]
    assert "Byron" not in headers["Subject"]
    assert ("000000007" in headers["Subject"]) == (
        kind.subject in ("INVOICE", "CREDIT_MEMO") or kind.value == "SHIPMENT_COMMENT"
    )
    for words in (text, page):
        assert "902-0000000-0000001" in words
        assert ("customer account" in words) is not is_guest
        assert "49 mug" not in words
        assert ("59.70 EUR" in words) is not kind.is_comment
        assert ("JD" in words) == (kind is MailKind.SHIPMENT)
        assert ("Straße" in words) == (kind is MailKind.ORDER)
    assert "First <i>line</i>\nBcc: evil@example.org" in text
    assert "First &lt;i&gt;line&lt;/i&gt;<br>" in page
    for markup in ("<script", "<i>", "<b>", "JD<0>"):
        assert markup not in page


def test_an_e_mail_without_name_comment_and_amounts_has_no_empty_words() -> None:
    letter = replace(LETTER, sender_name=None, buyer_name=None, comment=None, lines=(), totals=(), total=None)
    headers, text, page = rendered(letter)
    assert headers["From"] == "shop@example.com"
    assert text.startswith("Hello,\n")
    assert "None" not in text + page
    assert "blockquote" not in page
    assert "Total" not in text + page


def test_a_senders_name_stays_one_name_whatever_it_holds() -> None:
    headers, _, _ = rendered(LETTER)
    assert headers["From"] == '"The Shop, \\"Berlin\\" <x>" <shop@example.com>'


def test_templates_of_ones_own_win_the_most_particular_first(tmp_path: Path) -> None:
    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    def text_of(letter: Letter = LETTER) -> str:
        return rendered(letter, tmp_path)[1].strip()

    write("order.txt", "plain {{ letter.order_number }}")
    assert text_of() == "plain 000000001"
    write("order.guest.txt", "guest")
    assert (text_of(), text_of(replace(LETTER, is_guest=False))) == ("guest", "plain 000000001")
    write("default/order.txt", "view")
    assert (text_of(), text_of(replace(LETTER, store_view="other"))) == ("view", "guest")
    write("default/order.guest.txt", "view guest")
    assert text_of() == "view guest"
    write("order.subject.txt", "One\n  line\r\nBcc: x@example.org " + "x" * 300)
    headers = rendered(LETTER, tmp_path)[0]
    assert headers["Subject"].startswith("One line Bcc: x@example.org")
    assert len(headers["Subject"]) == 200
    assert "Bcc" not in headers
    write("_letter.html", "<p>{% block message %}{% endblock %} {{ letter.comment }}</p>")
    assert "&lt;i&gt;" in rendered(LETTER, tmp_path)[2]
    assert "ada@marketplace" not in rendered(replace(LETTER, store_view="../.."), tmp_path)[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ letter.nothing }}", "order.txt fails with UndefinedError"),
        ("{{ 1 / 0 }}", "order.txt fails with ZeroDivisionError"),
        ("{{ letter.__class__.__mro__ }}", "order.txt fails with SecurityError"),
        ("{{ letter.comment.format_map.__globals__ }}", "order.txt fails with"),
        ("{% if %}", "A template of order.txt has a mistake"),
        ("{% extends 'gone.txt' %}", "order.txt fails with TemplateNotFound"),
        (b"\xff\xfe", "A template of order.txt cannot be read: UnicodeDecodeError"),
    ],
)
def test_a_template_that_cannot_be_used_is_named_and_nothing_of_the_buyer(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    (tmp_path / "order.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CannotRender) as failure:
        Templates(tmp_path).render(LETTER)
    assert words in str(failure.value)
    assert "Byron" not in str(failure.value)


def test_templates_are_checked_before_they_are_needed(tmp_path: Path) -> None:
    Templates().check()
    Templates(tmp_path).check()
    with pytest.raises(CannotRender, match="There is no folder"):
        Templates(tmp_path / "gone").check()
    (tmp_path / "notes.md").write_text("{% if %}")
    Templates(tmp_path).check()
    (tmp_path / "invoice.html").write_text("{% if %}")
    with pytest.raises(CannotRender, match=r"invoice\.html has a mistake"):
        Templates(tmp_path).check()
