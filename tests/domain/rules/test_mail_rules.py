import pytest

from domain.commerce.mail_rules import (
    EVERY_KIND,
    LONGEST_COMMENT,
    SENT_BY_AMAZON,
    Mailing,
    MailKind,
    MailNotConfigured,
    MailSettings,
    checked_address,
    checked_comment,
    is_relay,
    mail_refusal,
)
from domain.commerce.mail_settings import MOST_COPIES, changed_mail_settings, from_values, to_values
from domain.errors import ActionNotAllowed, InvalidInput, RequiredInput

READY = Mailing(sender="shop@example.com", missing=None)
BUYER = {"buyer": {"email": "x1y2@marketplace.amazon.de"}}
SILENT = MailSettings(enabled=dict.fromkeys(MailKind, False))


def refused(kind=MailKind.INVOICE, *, mailing=READY, settings=None, buyer=BUYER):
    return mail_refusal(kind, mailing=mailing, settings=settings or MailSettings(), buyer=buyer, status="SHIPPED")


def test_what_amazon_tells_its_buyers_itself_is_off_from_the_start_and_everything_else_on():
    assert {kind for kind, on in EVERY_KIND.items() if not on} == SENT_BY_AMAZON == {MailKind.ORDER, MailKind.SHIPMENT}
    for kind in MailKind:
        refusal = refused(kind)
        assert (refusal is None) == (kind not in SENT_BY_AMAZON)
        if refusal:
            assert "Amazon itself tells the buyer" in refusal.message
            assert refusal.path == ("input", "kind")


@pytest.mark.parametrize("kind", [*MailKind, None])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mailing": Mailing()}, "ORDERLANE_MAIL_SERVER is not set"),
        ({"mailing": Mailing(missing=None)}, "set ORDERLANE_MAIL_FROM"),
        ({"buyer": None}, "Nothing is kept of the buyer"),
        ({"buyer": {}}, "Nothing is kept of the buyer"),
        ({"buyer": {"comments": {"1": "Thanks."}}}, "Nothing is kept of the buyer"),
        ({"buyer": {"address": {"city": "Bonn"}}}, "made up of the order number reaches nobody"),
        ({"buyer": {"buyer": {"email": "  "}}}, "made up of the order number reaches nobody"),
        ({"buyer": {"buyer": {"email": "902-1@amazon.com"}}}, "none of Amazon's relay addresses"),
        ({"buyer": {"buyer": {"email": "ada@example.org"}}}, "none of Amazon's relay addresses"),
        ({"settings": SILENT}, "off"),
    ],
)
def test_every_reason_stands_against_every_kind_and_names_no_address(kind, changes, words):
    refusal = refused(kind, **changes)
    assert words in refusal.message
    assert "@" not in refusal.message
    assert isinstance(refusal, MailNotConfigured) == ("mailing" in changes)
    assert isinstance(refusal, ActionNotAllowed)
    assert (refusal.action, refusal.current_status) == ("SEND_EMAIL", "SHIPPED")


def test_some_e_mail_can_be_sent_as_long_as_one_kind_is_on():
    assert refused(None) is None
    assert refused(None, settings=MailSettings(enabled={**SILENT.enabled, MailKind.INVOICE: True})) is None
    assert "All e-mails are switched off" in refused(None, settings=SILENT).message


def test_the_address_of_a_store_will_do_where_the_service_has_none():
    settings = MailSettings(sender_address="store@example.com")
    assert refused(mailing=Mailing(missing=None), settings=settings) is None


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("x1y2@marketplace.amazon.de", True),
        ("x1y2+z@m.marketplace.amazon.co.uk", True),
        ("X1@Marketplace.Amazon.COM", True),
        ("x1@marketplace.amazon.com.mx", True),
        ("x1@amazon.de", False),
        ("x1@marketplace.amazon.de.evil.example", False),
        ("x1@notmarketplace.amazon.de", False),
        ("a,b@marketplace.amazon.de", False),
        ("x@y@marketplace.amazon.de", False),
        ("x1@marketplace.amazon.de\n", False),
        ("", False),
    ],
)
def test_a_relay_address_is_one_of_amazons_marketplaces(address, is_one):
    assert is_relay(address) is is_one


def test_a_comment_is_trimmed_required_where_it_is_the_point_and_never_too_long_or_odd():
    assert checked_comment(MailKind.INVOICE, " \n") is None
    assert checked_comment(MailKind.INVOICE_COMMENT, " Hello\r\nthere\t! ") == "Hello\nthere\t!"
    with pytest.raises(RequiredInput):
        checked_comment(MailKind.INVOICE_COMMENT, None)
    for wrong in ("x" * (LONGEST_COMMENT + 1), "a\x00b", "a\x1bb"):
        with pytest.raises(InvalidInput) as refusal:
            checked_comment(MailKind.INVOICE, wrong)
        assert refusal.value.path == ("input", "comment")


@pytest.mark.parametrize(
    "wrong", ["", "shop", "a@b", "a b@example.com", "a@example.com\nBcc: x@y.org", "a@" + "b" * 300]
)
def test_an_address_is_a_plain_one(wrong):
    with pytest.raises(InvalidInput, match=r"shop@example\.com"):
        checked_address(wrong, ("input",))
    assert checked_address("o'brien+x@mail.example.co.uk", ()) == "o'brien+x@mail.example.co.uk"


def test_a_patch_changes_what_it_names_and_is_stored_and_read_as_it_is():
    first = MailSettings()
    patch = {
        "sender_name": " The Shop ",
        "sender_address": " shop@example.com",
        "copy_to": ["a@example.com", "a@example.com", "b@example.com"],
        "enabled": {MailKind.SHIPMENT: True},
    }
    after = changed_mail_settings(first, patch)
    assert (after.sender_name, after.sender_address) == ("The Shop", "shop@example.com")
    assert after.copy_to == ("a@example.com", "b@example.com")
    assert [kind for kind in MailKind if not after.enabled[kind]] == [MailKind.ORDER]
    assert from_values(to_values(after)) == after
    assert changed_mail_settings(after, {}) == after
    assert changed_mail_settings(after, {"sender_name": None, "sender_address": None, "copy_to": None}) == MailSettings(
        enabled=after.enabled
    )
    assert from_values({**to_values(after), "enabled": {}}).enabled == EVERY_KIND  # kinds that came later


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"sender_name": "The\nShop"}, "senderName"),
        ({"sender_name": "x" * 101}, "senderName"),
        ({"sender_address": "nobody"}, "senderAddress"),
        ({"copy_to": ["a@example.com", "b"]}, "copyTo"),
        ({"copy_to": [f"a{at}@example.com" for at in range(MOST_COPIES + 1)]}, "copyTo"),
    ],
)
def test_a_patch_with_a_wrong_value_is_refused_by_its_name(patch, path):
    with pytest.raises(InvalidInput) as refusal:
        changed_mail_settings(MailSettings(), patch)
    assert refusal.value.path[:3] == ("input", "patch", path)
