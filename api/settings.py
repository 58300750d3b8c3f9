"""The settings: one table of names, defaults and meanings."""

import base64
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from domain.commerce.mail_rules import checked_address
from domain.errors import InvalidInput

PREFIX: Final = "ORDERLANE_"
MAIL_SCHEMES: Final = ("smtp", "smtps", "smtp+plain")
MAKE_A_KEY: Final = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


class ConfigurationError(Exception):
    """The configuration cannot be used as it is; the message names the key and the way out."""


def is_url(text: str) -> bool:
    """Return whether a text is an http or https URL that names a host, with a port that can be if it names one."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _url_or_blank(text: str | None) -> str | None:
    if text and not is_url(text):
        raise ValueError("write a URL that begins with http:// or https://")
    return text


def _mail_server_or_blank(text: str | None) -> str | None:
    if text and not _is_mail_server(text):
        raise ValueError("write smtp://HOST:PORT, smtps://HOST:PORT, smtp+plain://HOST:PORT or file:FOLDER")
    return text


def _is_mail_server(text: str) -> bool:
    try:
        parts = urlsplit(text)
        if parts.scheme == "file":
            return bool(parts.netloc + parts.path)
        plain = parts.username is None and parts.path in ("", "/")
        return parts.scheme in MAIL_SCHEMES and bool(parts.hostname) and parts.port != 0 and plain
    except ValueError:
        return False


def _address_or_blank(text: str | None) -> str | None:
    try:
        return checked_address(text, ()) if text else text
    except InvalidInput as refusal:
        raise ValueError(refusal.message) from None


class Settings(BaseSettings):
    """What may be configured."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    database_url: Annotated[str, Field(description="Where everything is stored: `sqlite://PATH`.")] = (
        "sqlite://orderlane.db"
    )
    host: Annotated[str, Field(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port to listen on; 0 picks a free one.")] = 8000
    allowed_hosts: Annotated[
        str,
        Field(
            description="The names under which requests may ask for the service, with commas between; `*` stands for "
            "any. Keeps a page of another site from reaching it by a name that leads here (DNS rebinding)."
        ),
    ] = "localhost,127.0.0.1,[::1]"
    secret_key: Annotated[
        SecretStr | None,
        Field(description="The key that seals credentials and buyer data: 32 bytes in hex or base64. Keep it safe."),
    ] = None
    amazon_endpoint: Annotated[
        str | None,
        AfterValidator(_url_or_blank),
        Field(description="Another host than Amazon's own for every region, e.g. the simulator's."),
    ] = None
    amazon_token_url: Annotated[
        str | None,
        AfterValidator(_url_or_blank),
        Field(description="Another place than Login with Amazon's own to get access tokens from."),
    ] = None
    amazon_client_id: Annotated[str | None, Field(description="The application's client id at Amazon.")] = None
    amazon_client_secret: Annotated[
        SecretStr | None, Field(description="The application's client secret at Amazon.")
    ] = None
    mail_server: Annotated[
        str | None,
        AfterValidator(_mail_server_or_blank),
        Field(
            description="What takes e-mails to buyers: `smtp://HOST:PORT` (encrypted by STARTTLS), `smtps://HOST:PORT` "
            "(by TLS from the start), `smtp+plain://HOST:PORT` (not encrypted), or `file:FOLDER`, which writes them "
            "into a folder. Without it no e-mails are sent."
        ),
    ] = None
    mail_user: Annotated[str | None, Field(description="The name to log in to the mail server with.")] = None
    mail_password: Annotated[SecretStr | None, Field(description="The password of that name.")] = None
    mail_from: Annotated[
        str | None,
        AfterValidator(_address_or_blank),
        Field(description="The address that e-mails come from, for stores without one of their own."),
    ] = None
    mail_timeout: Annotated[
        float, Field(ge=1, le=120, description="How long handing over one e-mail may take, in seconds.")
    ] = 60.0
    mail_templates: Annotated[
        str | None, Field(description="A folder with templates of your own; they win over those of the same name.")
    ] = None
    instance: Annotated[
        str | None,
        Field(
            max_length=100,
            description="A name of this installation, e.g. `production`. A database last used under another name, or "
            "copied without the file `….home` beside it, is taken for a copy: nothing is sent to Amazon until "
            "`orderlane config read-only off`.",
        ),
    ] = None
    sync_page_size: Annotated[int, Field(ge=1, le=100, description="How many orders to ask Amazon for at a time.")] = (
        100
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the layering to `load_settings`, which records where each value came from."""
        return (init_settings,)

    def key_bytes(self) -> bytes:
        """Return the secret key.

        Raises ConfigurationError if there is none or it is too short.
        """
        if self.secret_key is None:
            raise ConfigurationError(
                f"{PREFIX}SECRET_KEY is not set. It seals credentials and buyer data; make one with\n  {MAKE_A_KEY}\n"
                "and keep it: what is stored cannot be read without it."
            )
        return decode_key(self.secret_key.get_secret_value())

    def hosts(self) -> frozenset[str]:
        """Return the names under which requests may ask for the service, `*` for any."""
        named = {host.strip().lower() for host in self.allowed_hosts.split(",")} - {""}
        return frozenset({"*"} if "*" in named else named | {self.host.lower()})

    def application(self, *, required: bool) -> tuple[str, str]:
        """Return the application's client id and secret; any will do for another Amazon than the real one.

        Raises ConfigurationError if they are required and missing.
        """
        client_id, secret = self.amazon_client_id, self.amazon_client_secret
        if client_id and secret:
            return client_id, secret.get_secret_value()
        if required and not self.amazon_token_url:
            raise ConfigurationError(
                f"{PREFIX}AMAZON_CLIENT_ID and {PREFIX}AMAZON_CLIENT_SECRET are not set: Amazon gives them to each "
                "application. Without an account, `orderlane demo` shows everything with a simulated Amazon."
            )
        return client_id or "orderlane", secret.get_secret_value() if secret else "orderlane"


SECRETS: Final = frozenset({"secret_key", "amazon_client_secret", "mail_password"})


def decode_key(text: str) -> bytes:
    """Return the bytes of a key written in hex or base64.

    Raises ConfigurationError unless they are at least 32.
    """
    text = text.strip()
    try:
        key = bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text) else _base64(text)
    except ValueError:
        key = b""
    if len(key) < 32:
        raise ConfigurationError(
            f"{PREFIX}SECRET_KEY has to be at least 32 bytes in hex or base64; make one with\n  {MAKE_A_KEY}"
        )
    return key


def _base64(text: str) -> bytes:
    padded = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
