from datetime import timedelta

import pytest

from domain.accounts.global_settings import GlobalSettings, in_force, is_debugging, is_read_only, read_only_since
from domain.accounts.service_records import GlobalSettingsVersion
from domain.channel.read_only import update_global_settings
from domain.errors import InvalidInput, RequiredInput, StaleVersion
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK


async def save(now, expected_version=None, **patch):
    return await update_global_settings(patch=patch, expected_version=expected_version, now=now, actor=CLERK)


async def test_from_the_start_all_is_as_documented(database):
    found = await in_force()
    assert found.chosen == GlobalSettings()
    assert (found.chosen.log_retention, found.chosen.read_only, found.version) == ("MONTHLY", False, 0)
    assert await read_only_since() is None


async def test_every_change_makes_a_version_and_an_event(database, now):
    first = await save(now, log_retention="DAILY")
    second = await save(now, expected_version=1, read_only=True)
    assert (first.version, second.version) == (1, 2)
    assert (second.chosen.log_retention, second.chosen.read_only) == ("DAILY", True)
    events = await Event.filter(kind=EventKind.SETTINGS_CHANGED).order_by("id")
    assert [event.message for event in events] == [
        "Global settings changed: logRetention.",
        "Global settings changed: readOnly.",
    ]
    assert events[1].details == {"version": 2, "changes": {"readOnly": [False, True]}}
    assert [row.actor_name for row in await GlobalSettingsVersion.all()] == ["clerk", "clerk"]


async def test_the_log_tells_more_while_it_is_wanted(database, now):
    assert not await is_debugging()
    await save(now, debug_logging=True)
    assert await is_debugging()
    assert not await is_read_only()


async def test_a_change_that_changes_nothing_makes_no_version(database, now):
    assert (await save(now, log_retention="MONTHLY", read_only=False)).version == 0
    assert await Event.all().count() == 0


async def test_who_saw_an_older_version_is_refused(database, now):
    await save(now, read_only=True)
    with pytest.raises(StaleVersion) as refusal:
        await save(now, expected_version=0, read_only=False)
    assert (refusal.value.expected, refusal.value.actual) == (0, 1)
    assert await is_read_only()


@pytest.mark.parametrize(
    ("patch", "error", "field"),
    [
        ({"log_retention": "YEARLY"}, InvalidInput, "logRetention"),
        ({"log_retention": None}, RequiredInput, "logRetention"),
        ({"read_only": None}, RequiredInput, "readOnly"),
        ({"read_only": "yes"}, InvalidInput, "readOnly"),
        ({"read_only": 1}, InvalidInput, "readOnly"),
        ({"debug_logging": "yes"}, InvalidInput, "debugLogging"),
        ({"debug_logging": None}, RequiredInput, "debugLogging"),
        ({"debug": True}, InvalidInput, "debug"),
    ],
)
async def test_what_cannot_be_chosen_is_refused(database, now, patch, error, field):
    with pytest.raises(error) as refusal:
        await save(now, **patch)
    assert refusal.value.path == ("input", "patch", field)
    assert await GlobalSettingsVersion.all().count() == 0


async def test_a_setting_of_a_later_version_of_the_program_is_left_out(database, now):
    await GlobalSettingsVersion.create(
        version=1, values={"read_only": True, "colour": "red"}, actor_kind="USER", actor_name=None, at=now
    )
    assert (await in_force()).chosen == GlobalSettings(read_only=True)


async def test_the_mode_is_on_since_it_was_switched_on_last(database, now, stage_later):
    await save(now, read_only=True)
    await save(stage_later(1), read_only=False)
    assert await read_only_since() is None
    await save(stage_later(2), read_only=True)
    await save(stage_later(3), log_retention="DAILY")
    since = await read_only_since()
    assert since is not None
    assert since.at == stage_later(2)


@pytest.fixture
def stage_later(now):
    return lambda hours: now + timedelta(hours=hours)
