import pytest

from domain.sealing import CannotUnseal, Sealer

KEY = bytes(range(32))


def test_what_was_sealed_for_a_row_opens_for_that_row():
    sealer = Sealer(KEY)
    assert sealer.unseal(sealer.seal(b"Ada", row="buyer_data:1"), row="buyer_data:1") == b"Ada"


def test_sealed_text_copied_to_another_row_does_not_open():
    sealer = Sealer(KEY)
    with pytest.raises(CannotUnseal, match="buyer_data:2"):
        sealer.unseal(sealer.seal(b"Ada", row="buyer_data:1"), row="buyer_data:2")


def test_another_key_does_not_open_it():
    sealed = Sealer(KEY).seal(b"Ada", row="r")
    with pytest.raises(CannotUnseal, match="ORDERLANE_SECRET_KEY"):
        Sealer(bytes(32)).unseal(sealed, row="r")


@pytest.mark.parametrize("at", [0, 12, -1])
def test_altered_text_does_not_open(at):
    sealed = bytearray(Sealer(KEY).seal(b"Ada", row="r"))
    sealed[at] ^= 1
    with pytest.raises(CannotUnseal):
        Sealer(KEY).unseal(bytes(sealed), row="r")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27)])
def test_text_that_was_never_sealed_does_not_open(sealed):
    with pytest.raises(CannotUnseal):
        Sealer(KEY).unseal(sealed, row="r")


def test_the_same_text_is_sealed_differently_each_time():
    sealer = Sealer(KEY)
    assert len({sealer.seal(b"Ada", row="r") for _ in range(50)}) == 50


def test_the_nonce_comes_from_the_argument():
    sealer = Sealer(KEY, nonce=lambda length: b"n" * length)
    assert sealer.seal(b"Ada", row="r") == sealer.seal(b"Ada", row="r")
    assert sealer.seal(b"Ada", row="r").startswith(b"n" * 12)


def test_a_digest_depends_on_key_purpose_and_text_and_tells_none_of_them():
    sealer = Sealer(KEY)
    digests = {
        sealer.digest("email", "ada@example.com"),
        sealer.digest("email", "bob@example.com"),
        sealer.digest("facts", "ada@example.com"),
        Sealer(bytes(32)).digest("email", "ada@example.com"),
    }
    assert len(digests) == 4
    assert all(len(digest) == 64 and int(digest, 16) for digest in digests)
    assert sealer.digest("email", "ada@example.com") == Sealer(KEY).digest("email", "ada@example.com")


def test_the_key_is_named_but_not_shown():
    sealer = Sealer(KEY)
    assert len(sealer.key_id) == 16
    assert sealer.key_id != Sealer(bytes(32)).key_id
    assert "secret" not in repr(sealer)
    assert KEY.hex() not in repr(sealer)
    assert str(KEY) not in repr(sealer)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(31))
