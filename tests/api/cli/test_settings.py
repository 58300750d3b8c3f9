from pathlib import Path

import pytest

from api.configuration import load_settings
from api.settings import ConfigurationError, Settings, decode_key

KEY = "ab" * 32


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ORDERLANE_{name.upper()}", raising=False)
    return tmp_path


def test_later_places_win_and_each_value_knows_its_place(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "orderlane.toml").write_text(
        'port = 1\nhost = "h1"\ndatabase_url = "sqlite://toml.db"\nsync_page_size = 11\n'
    )
    (folder / ".env").write_text("ORDERLANE_PORT=2\nORDERLANE_HOST=h2\nORDERLANE_SYNC_PAGE_SIZE=12\nOTHER=x\n")
    monkeypatch.setenv("ORDERLANE_PORT", "3")
    monkeypatch.setenv("ORDERLANE_HOST", "h3")
    loaded = load_settings(flags={"port": 4, "database_url": None})

    assert (loaded.settings.port, loaded.origins["port"]) == (4, "flag")
    assert (loaded.settings.host, loaded.origins["host"]) == ("h3", "environment")
    assert (loaded.settings.sync_page_size, loaded.origins["sync_page_size"]) == (12, ".env")
    assert (loaded.settings.database_url, loaded.origins["database_url"]) == ("sqlite://toml.db", "orderlane.toml")
    assert (loaded.settings.amazon_endpoint, loaded.origins["amazon_endpoint"]) == (None, "default")


@pytest.mark.parametrize(
    ("toml", "dotenv", "variable", "words"),
    [
        (
            "amazon_endpont = 'x'",
            "",
            "",
            "amazon_endpont in orderlane.toml is not a setting. Did you mean amazon_endpoint?",
        ),
        ("", "ORDERLANE_PROT=1", "", "ORDERLANE_PROT in .env is not a setting. Did you mean ORDERLANE_PORT?"),
        ("", "", "ORDERLANE_SECRET_KEYS", "ORDERLANE_SECRET_KEYS in the environment is not a setting."),
        ("", "", "ORDERLANE_QQQQ", "`orderlane config show` lists the known ones"),
    ],
)
def test_a_name_that_is_not_a_setting_is_refused_with_a_suggestion(
    folder: Path, monkeypatch: pytest.MonkeyPatch, toml: str, dotenv: str, variable: str, words: str
):
    (folder / "orderlane.toml").write_text(toml)
    (folder / ".env").write_text(dotenv)
    if variable:
        monkeypatch.setenv(variable, "1")
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    assert words in str(refused.value)


@pytest.mark.parametrize("variable", ["ORDERLANE_REFRESH_TOKEN", "ORDERLANE_SHARED"])
def test_names_that_others_read_are_no_settings_and_no_errors(monkeypatch: pytest.MonkeyPatch, variable: str):
    monkeypatch.setenv(variable, "x")
    assert load_settings().settings.port == 8000


def test_a_value_that_does_not_fit_is_refused_by_name_and_place_without_being_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORDERLANE_PORT", "seventy-thousand")
    with pytest.raises(ConfigurationError, match=r"port \(from environment\)") as refused:
        load_settings()
    assert "seventy" not in str(refused.value)


@pytest.mark.parametrize("name", ["amazon_endpoint", "amazon_token_url"])
@pytest.mark.parametrize("value", ["nonsense", "127.0.0.1:9000", "ftp://host", "http://", "http://a:port", "http://[a"])
def test_a_place_of_amazon_that_is_no_url_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(f"ORDERLANE_{name.upper()}", value)
    with pytest.raises(ConfigurationError, match=rf"^{name} \(from environment\): write a URL .* http://"):
        load_settings()


def test_a_blank_place_of_amazon_is_amazons_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORDERLANE_AMAZON_ENDPOINT", "")
    assert not load_settings().settings.amazon_endpoint


def test_a_broken_toml_file_is_a_configuration_error(folder: Path):
    (folder / "orderlane.toml").write_text("port = ")
    with pytest.raises(ConfigurationError, match=r"orderlane\.toml is not valid TOML"):
        load_settings()


def test_a_secret_may_stand_in_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv("ORDERLANE_SECRET_KEY_FILE", str(folder / "key"))
    assert load_settings().settings.key_bytes() == bytes.fromhex(KEY)


def test_a_secret_whose_file_is_missing_is_a_configuration_error(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORDERLANE_SECRET_KEY_FILE", str(folder / "nothing"))
    with pytest.raises(ConfigurationError, match="ORDERLANE_SECRET_KEY_FILE names a file that cannot be read"):
        load_settings()


def test_only_secrets_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORDERLANE_PORT_FILE", "x")
    with pytest.raises(ConfigurationError, match="ORDERLANE_PORT_FILE"):
        load_settings()


@pytest.mark.parametrize(
    "text",
    [KEY, KEY.upper(), "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"],
)
def test_a_key_is_hex_or_base64(text: str):
    assert decode_key(f" {text}\n") == bytes.fromhex(KEY)


@pytest.mark.parametrize("text", ["", "ab", "ab" * 31, "not a key at all, but longer than thirty-two", "ü" * 40])
def test_a_key_that_is_none_is_refused_with_the_command_that_makes_one(text: str):
    with pytest.raises(ConfigurationError, match=r"secrets\.token_hex\(32\)"):
        decode_key(text)


def test_a_missing_key_is_refused_with_the_command_that_makes_one():
    with pytest.raises(ConfigurationError, match=r"secrets\.token_hex\(32\)"):
        load_settings().settings.key_bytes()


def test_without_another_amazon_the_application_needs_its_credentials():
    with pytest.raises(ConfigurationError, match="ORDERLANE_AMAZON_CLIENT_ID"):
        load_settings().settings.application(required=True)
    assert load_settings(flags={"amazon_token_url": "http://a/token"}).settings.application(required=True)
