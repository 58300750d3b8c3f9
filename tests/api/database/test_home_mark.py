import shutil
from pathlib import Path

from api.app import running
from api.database.home_mark import home_of
from domain.accounts.global_settings import is_read_only
from tests.end_to_end.town import settings_for


def test_an_installation_stays_the_same(database_url: str):
    assert home_of(database_url, instance=None) == home_of(database_url, instance=None)
    mark = Path(f"{database_url.removeprefix('sqlite://')}.home")
    assert mark.stat().st_mode & 0o777 == 0o600
    assert mark.read_text() not in home_of(database_url, instance=None)


def test_another_name_or_another_mark_is_another_installation(database_url: str, tmp_path: Path):
    homes = {home_of(database_url, instance=name) for name in (None, "production", "staging")}
    Path(f"{database_url.removeprefix('sqlite://')}.home").unlink()
    homes |= {home_of(database_url, instance=None)}
    assert len(homes) == 4


async def mode_of(url: str, **more) -> bool:
    async with running(settings_for(url).model_copy(update=more), takes_role=True):
        return await is_read_only()


async def test_a_service_on_a_copied_file_holds_back(database_url: str, tmp_path: Path):
    assert not await mode_of(database_url)
    assert not await mode_of(database_url)
    (tmp_path / "copy").mkdir()
    shutil.copyfile(database_url.removeprefix("sqlite://"), tmp_path / "copy" / "orderlane.db")
    assert await mode_of(f"sqlite://{tmp_path / 'copy' / 'orderlane.db'}")
    assert not await mode_of(database_url)  # the original goes on


async def test_a_service_under_another_name_holds_back(database_url: str):
    assert not await mode_of(database_url, instance="production")
    assert await mode_of(database_url, instance="staging")


async def test_who_only_asks_takes_nothing_home(database_url: str, tmp_path: Path):
    async with running(settings_for(database_url)):
        assert not await is_read_only()
    assert not (tmp_path / "orderlane.db.home").exists()
