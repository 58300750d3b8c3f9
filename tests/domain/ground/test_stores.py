from datetime import datetime, timedelta, timezone

import pytest

from domain.accounts.credentials import fingerprint_of
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.order_settings import OrderSettings
from domain.accounts.records import Account, SettingsVersion, Store, SyncCursor
from domain.accounts.settings import settings_of
from domain.accounts.store_input import NotParticipating
from domain.accounts.stores import connect_store, pause_store, refresh_token_of, resume_store
from domain.channel.credentials import reject_credentials, resolve_rejection
from domain.channel.records import Attention
from domain.errors import Duplicate, InvalidInput, NotFound, RequiredInput
from domain.sealing import CannotUnseal, Sealer
from domain.timeline import Actor, ActorKind, Event

GERMANY, FRANCE, AMERICA = "A1PA6795UKMFR9", "A13V1IB3VIYZZH", "ATVPDKIKX0DER"
JAPAN, AUSTRALIA, SINGAPORE = "A1VC38T7YXB528", "A39IBJ37TRP1C6", "A19VAU5U5O7RUS"
ADA = Actor(ActorKind.USER, "ada")


@pytest.fixture
def connect(database, now, sealer):
    """Give a function that connects a shop; what is not said is valid."""
    verified = Verified(
        (Participation(GERMANY, True), Participation(FRANCE, True), Participation(AMERICA, False)),
        at=now - timedelta(seconds=30),
    )
    valid = {
        "name": "Shop",
        "marketplace_id": GERMANY,
        "refresh_token": "Atzr|demo",
        "verified": verified,
        "seller_id": None,
        "contact_email": None,
        "import_from": None,
        "now": now,
        "sealer": sealer,
        "actor": ADA,
    }

    async def connected(**said):
        return await connect_store(**(valid | said))

    return connected


async def test_a_connected_store_is_ready_to_sync_from_now_on(connect, now):
    store = await connect(name="  Shop  ", contact_email=" ops@example.com ")
    amazon_now = now - timedelta(seconds=30)
    assert (store.name, store.contact_email, store.country_code, store.currency) == (
        "Shop",
        "ops@example.com",
        "DE",
        "EUR",
    )
    assert (store.state, store.connected_at, store.next_sync_at, store.cutoff_at) == ("ACTIVE", now, now, amazon_now)
    (cursor,) = await SyncCursor.all()
    assert (cursor.store_id, cursor.account_id, cursor.kind) == (store.id, store.account_id, "LIVE")
    assert (cursor.marketplaces, cursor.watermark, cursor.span_seconds) == (GERMANY, amazon_now, 86_400)
    assert await settings_of(store.id) == (1, OrderSettings())
    (saved,) = await SettingsVersion.all()
    assert (saved.actor_kind, saved.actor_name, saved.at) == ("USER", "ada", now)
    (event,) = await Event.all()
    assert (event.kind, event.store_id, event.message) == ("STORE_CONNECTED", store.id, "Connected: Shop.")


async def test_orders_are_imported_since_the_time_asked_for(connect, now):
    since = datetime(2026, 2, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    store = await connect(import_from=since)
    assert store.cutoff_at == since
    assert (await SyncCursor.get()).watermark == since


async def test_the_refresh_token_is_sealed_for_its_account(connect, sealer, database):
    store = await connect(refresh_token="Atzr|very-secret")
    account = await Account.get(id=store.account_id)
    assert b"very-secret" not in account.credentials
    assert "very-secret" not in account.fingerprint
    assert refresh_token_of(account=account, sealer=sealer) == "Atzr|very-secret"
    account.id += 1
    with pytest.raises(CannotUnseal):
        refresh_token_of(account=account, sealer=sealer)
    account.id -= 1
    with pytest.raises(CannotUnseal):
        refresh_token_of(account=account, sealer=Sealer(bytes(32)))


async def test_two_marketplaces_of_a_seller_share_the_account(connect):
    german, french = await connect(), await connect(marketplace_id=FRANCE)
    assert german.account_id == french.account_id
    assert french.country_code == "FR"
    assert await SyncCursor.all().count() == 2


async def test_connecting_again_renews_name_contact_and_credentials(connect, sealer, now):
    first = await connect(seller_id="A3SELLER", contact_email="a@example.com")
    await pause_store(store_id=first.id, now=now, actor=ADA)
    again = await connect(seller_id="A3SELLER", refresh_token="Atzr|new", name="Renamed", now=now + timedelta(hours=1))
    assert (again.id, again.name, again.contact_email) == (first.id, "Renamed", "a@example.com")
    assert (again.state, again.next_sync_at) == ("ACTIVE", now + timedelta(hours=1))
    assert again.cutoff_at == first.cutoff_at
    account = await Account.get()
    assert refresh_token_of(account=account, sealer=sealer) == "Atzr|new"
    assert account.fingerprint == fingerprint_of("Atzr|new", sealer=sealer)
    assert (await SyncCursor.all().count(), await SettingsVersion.all().count()) == (1, 1)
    (*_, newest) = await Event.all().order_by("id")
    assert (newest.message, newest.details) == ("Connected again: Renamed.", {"again": True})


async def test_a_seller_id_given_later_joins_the_account_known_by_its_token(connect):
    before = await connect()
    after = await connect(seller_id=" A3SELLER ")
    assert (after.id, after.account_id) == (before.id, before.account_id)
    (account,) = await Account.all()
    assert account.seller_id == "A3SELLER"
    once_more = await connect(marketplace_id=FRANCE, seller_id="A3SELLER", refresh_token="Atzr|other")
    assert once_more.account_id == account.id


async def test_without_a_seller_id_a_known_token_finds_its_account_and_keeps_its_seller_id(connect):
    named = await connect(seller_id="A3SELLER")
    assert (await connect(marketplace_id=FRANCE)).account_id == named.account_id
    assert (await Account.get()).seller_id == "A3SELLER"


async def test_the_same_token_and_seller_again_are_the_same_account(connect):
    first = await connect(seller_id="A3SELLER")
    assert (await connect(seller_id="A3SELLER")).id == first.id
    assert await Account.all().count() == 1


async def test_without_a_seller_id_another_token_is_another_account(connect):
    assert (await connect()).account_id != (await connect(refresh_token="Atzr|other")).account_id


@pytest.mark.parametrize("known", ["A3OTHER", None])
async def test_a_token_of_one_account_with_the_seller_id_of_another_is_refused(connect, known):
    await connect(refresh_token="Atzr|mine", seller_id="A3SELLER")
    await connect(refresh_token="Atzr|theirs", seller_id=known)
    with pytest.raises(Duplicate) as refusal:
        await connect(refresh_token="Atzr|theirs", seller_id="A3SELLER")
    assert refusal.value.path == ("input", "sellerId")
    assert await Account.all().count() == 2


async def test_a_token_known_for_another_seller_is_refused(connect):
    await connect(seller_id="A3SELLER")
    with pytest.raises(Duplicate):
        await connect(seller_id="A3OTHER")


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({"name": " "}, RequiredInput, "name"),
        ({"name": "x" * 201}, InvalidInput, "name"),
        ({"name": "two\nlines"}, InvalidInput, "name"),
        ({"marketplace_id": "NOWHERE"}, InvalidInput, "marketplaceId"),
        ({"refresh_token": ""}, RequiredInput, "refreshToken"),
        ({"refresh_token": " \n"}, RequiredInput, "refreshToken"),
        ({"refresh_token": "Atzr|de mo"}, InvalidInput, "refreshToken"),
        ({"refresh_token": "Atzr|demo\n"}, InvalidInput, "refreshToken"),
        ({"refresh_token": "Atzr|dëmo"}, InvalidInput, "refreshToken"),
        ({"refresh_token": "x" * 4097}, InvalidInput, "refreshToken"),
        ({"seller_id": "two words"}, InvalidInput, "sellerId"),
        ({"seller_id": "x" * 65}, InvalidInput, "sellerId"),
        ({"contact_email": "nobody"}, InvalidInput, "contactEmail"),
        ({"contact_email": "a b@example.com"}, InvalidInput, "contactEmail"),
        ({"contact_email": "@example.com"}, InvalidInput, "contactEmail"),
        ({"contact_email": "a@" + "x" * 320}, InvalidInput, "contactEmail"),
        ({"import_from": datetime.fromisoformat("2026-02-01T00:00")}, InvalidInput, "importFrom"),
        ({"import_from": datetime.fromisoformat("2026-03-02T09:00:00Z")}, InvalidInput, "importFrom"),
        ({"import_from": datetime.fromisoformat("1970-01-01T00:00:00Z")}, InvalidInput, "importFrom"),
    ],
)
async def test_what_cannot_be_connected_is_refused_by_field_and_nothing_is_stored(connect, said, refusal, field):
    with pytest.raises(refusal) as refused:
        await connect(**said)
    assert type(refused.value) is refusal
    assert refused.value.path == ("input", field)
    assert await Account.all().count() == await Store.all().count() == await Event.all().count() == 0


async def test_a_refusal_never_repeats_the_token(connect):
    for token in ("secret-1 secret-2", "secret-" * 1000):
        with pytest.raises(InvalidInput) as refused:
            await connect(refresh_token=token)
        assert "secret-" not in str(refused.value)


@pytest.mark.parametrize("marketplace_id", [AMERICA, "A1F83G8C2ARO7P"])
async def test_a_marketplace_without_participation_is_refused_naming_those_with(connect, marketplace_id):
    with pytest.raises(NotParticipating) as refused:
        await connect(marketplace_id=marketplace_id)
    assert refused.value.path == ("input", "marketplaceId")
    assert refused.value.participates_in == (GERMANY, FRANCE)
    assert f"{GERMANY} (DE), {FRANCE} (FR)" in refused.value.message


async def test_somebody_who_sells_nowhere_known_is_told_so(connect, now):
    with pytest.raises(NotParticipating, match="but on: none"):
        await connect(verified=Verified((), at=now))
    with pytest.raises(NotParticipating, match="but on: ANEWONE"):
        await connect(verified=Verified((Participation("ANEWONE", True),), at=now))


async def test_the_moment_since_which_orders_are_imported_does_not_move(connect, now):
    since = now - timedelta(days=7)
    store = await connect(import_from=since)
    assert (await connect(import_from=since)).id == store.id
    assert (await connect()).cutoff_at == since
    with pytest.raises(InvalidInput) as refused:
        await connect(import_from=since - timedelta(days=1))
    assert refused.value.path == ("input", "importFrom")
    assert "2026-02-23 09:00 UTC" in refused.value.message


async def test_orders_are_imported_from_as_far_back_as_amazon_keeps_them_and_no_further(connect):
    earliest = datetime.fromisoformat("2024-03-02T00:00:00Z")
    with pytest.raises(InvalidInput, match=r"amazon\.de .* 2024-03-02T00:00:00Z") as refused:
        await connect(import_from=earliest - timedelta(seconds=1))
    assert refused.value.path == ("input", "importFrom")
    assert (await connect(import_from=earliest)).cutoff_at == earliest


@pytest.mark.parametrize("marketplace_id", [JAPAN, AUSTRALIA, SINGAPORE])
async def test_in_the_far_east_amazon_keeps_orders_since_2016(connect, now, marketplace_id):
    verified = Verified((Participation(marketplace_id, True),), at=now)
    earliest = datetime.fromisoformat("2016-01-01T00:00:00Z")
    asked = {"marketplace_id": marketplace_id, "verified": verified}
    with pytest.raises(InvalidInput, match="2016-01-01T00:00:00Z"):
        await connect(**asked, import_from=earliest - timedelta(seconds=1))
    assert (await connect(**asked, import_from=earliest)).cutoff_at == earliest


async def test_a_store_connected_long_ago_is_connected_again_with_the_time_it_has(connect, now):
    store = await connect(import_from=now - timedelta(days=700))
    verified = Verified((Participation(GERMANY, True),), at=now + timedelta(days=400))
    again = await connect(import_from=store.cutoff_at, verified=verified, now=now + timedelta(days=400))
    assert (again.id, again.cutoff_at) == (store.id, store.cutoff_at)


async def test_a_paused_store_is_not_due_and_a_resumed_one_is_at_once(connect, now):
    store = await connect()
    later = now + timedelta(hours=1)
    paused = await pause_store(store_id=store.id, now=later, actor=ADA)
    assert (paused.state, paused.next_sync_at) == ("INACTIVE", None)
    await pause_store(store_id=store.id, now=later, actor=ADA)
    resumed = await resume_store(store_id=store.id, now=later, actor=ADA)
    assert (resumed.state, resumed.next_sync_at) == ("ACTIVE", later)
    kinds = await Event.all().order_by("id").values_list("kind", flat=True)
    assert kinds == ["STORE_CONNECTED", "STORE_PAUSED", "STORE_RESUMED"]


@pytest.mark.parametrize("switch", [pause_store, resume_store])
async def test_a_store_that_is_not_there_can_be_neither_paused_nor_resumed(database, now, switch):
    with pytest.raises(NotFound) as refused:
        await switch(store_id=99, now=now, actor=ADA)
    assert refused.value.path == ("storeId",)


async def test_rejected_credentials_are_told_once_and_accepted_again(connect, now):
    store = await connect()
    await pause_store(store_id=(await connect(marketplace_id=FRANCE)).id, now=now, actor=ADA)
    for _ in range(2):
        await reject_credentials(account_id=store.account_id, now=now)
    assert (await Account.get(id=store.account_id)).state == "CREDENTIALS_REJECTED"
    entry = await Attention.get()
    assert (entry.kind, entry.subject, entry.state) == ("CREDENTIALS", f"CREDENTIALS:{store.account_id}", "OPEN")
    later = now + timedelta(hours=2)
    for _ in range(2):
        await connect(now=later, connected=resolve_rejection)
    assert (await Account.get(id=store.account_id)).state == "ACTIVE"
    entry = await Attention.get()
    assert (entry.state, entry.resolved_at, entry.actor_name) == ("RESOLVED", later, "ada")
    german, french = await Store.filter(account_id=store.account_id).order_by("id")
    assert (german.next_sync_at, french.next_sync_at) == (later, None)
    kinds = await Event.filter(store_id=None).order_by("id").values_list("kind", flat=True)
    assert kinds == ["CREDENTIALS_REJECTED", "ATTENTION_OPENED", "CREDENTIALS_ACCEPTED", "ATTENTION_RESOLVED"]
    await reject_credentials(account_id=store.account_id, now=later)
    assert await Attention.all().order_by("id").values_list("state", flat=True) == ["RESOLVED", "OPEN"]


async def test_an_entry_that_was_left_open_is_not_opened_twice(connect, now):
    store = await connect()
    await reject_credentials(account_id=store.account_id, now=now)
    await connect()
    await reject_credentials(account_id=store.account_id, now=now)
    assert await Attention.all().values_list("state", flat=True) == ["OPEN"]


async def test_a_connection_that_is_not_stored_resolves_nothing(connect, now):
    store = await connect()
    await reject_credentials(account_id=store.account_id, now=now)

    async def fails_after(unit, account_id):
        await resolve_rejection(unit, account_id)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        await connect(connected=fails_after)
    assert (await Attention.get()).state == "OPEN"
    assert (await Account.get()).state == "CREDENTIALS_REJECTED"


async def test_a_rejection_of_the_old_token_does_not_touch_the_new_one(connect, now, sealer):
    store = await connect()
    old, new = (fingerprint_of(token, sealer=sealer) for token in ("Atzr|old", "Atzr|demo"))
    await reject_credentials(account_id=store.account_id, now=now, fingerprint=old)
    assert (await Account.get()).state == "ACTIVE"
    await reject_credentials(account_id=store.account_id, now=now, fingerprint=new)
    assert (await Account.get()).state == "CREDENTIALS_REJECTED"


async def test_connecting_again_makes_rejected_credentials_good(connect, now):
    store = await connect(seller_id="A3SELLER")
    await reject_credentials(account_id=store.account_id, now=now)
    await connect(seller_id="A3SELLER", refresh_token="Atzr|new")
    assert (await Account.get()).state == "ACTIVE"
    kinds = await Event.all().order_by("id").values_list("kind", flat=True)
    assert kinds == [
        "STORE_CONNECTED",
        "CREDENTIALS_REJECTED",
        "ATTENTION_OPENED",
        "CREDENTIALS_ACCEPTED",
        "STORE_CONNECTED",
    ]
