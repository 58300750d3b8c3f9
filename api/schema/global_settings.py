"""The settings of the whole service: reading and saving them."""

import dataclasses
from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.plans.fragments import NOTHING, equal
from api.schema.context import Info
from api.schema.counts import LARGEST_CAP, Count, count_rows
from api.schema.enums import described
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.scalars import CurrencyCode
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from domain.accounts import global_settings as words
from domain.accounts.global_settings import InForce, LogRetention, in_force, read_only_since
from domain.amazon.records import CommandState
from domain.channel.read_only import update_global_settings
from domain.commerce.mail_records import MailState

described(
    LogRetention,
    description="How long logs are kept: failed calls to Amazon, and what was pushed to listings.",
    values={"DAILY": "A day.", "WEEKLY": "7 days.", "MONTHLY": "30 days."},
)


@strawberry.type(
    description="Whether messages to Amazon are held back. People go on working as always: what would be sent is "
    "recorded and waits as HELD, and goes in its order once the mode is off. E-mails to buyers and messages to "
    "webhooks wait as well, and no stock is pushed. Orders are read all the same."
)
class ReadOnlyMode:
    """The mode with the version of the settings that switched it on."""

    switched: strawberry.Private[InForce | None]

    @strawberry.field(description="Whether it is on.")
    @staticmethod
    def enabled(root: strawberry.Parent["ReadOnlyMode"]) -> bool:
        """Return whether it is on."""
        return root.switched is not None

    @strawberry.field(description="Since when it is on; null while it is off.")
    @staticmethod
    def since(root: strawberry.Parent["ReadOnlyMode"]) -> datetime | None:
        """Return when it was switched on."""
        return root.switched.at if root.switched else None

    @strawberry.field(description="Why the service switched it on by itself; null if a person did, or it is off.")
    @staticmethod
    def because(root: strawberry.Parent["ReadOnlyMode"]) -> str | None:
        """Return the reason."""
        return root.switched.because if root.switched else None

    @strawberry.field(description="How many messages are held back; `commands(states: [HELD])` lists them.")
    @staticmethod
    async def held() -> Count:
        """Count what would have been sent."""
        return await count_rows("command", equal("state", CommandState.HELD.value), cap=LARGEST_CAP)

    @strawberry.field(
        description="How many e-mails to buyers wait because of it; `emails(states: [QUEUED])` lists them. 0 while it "
        "is off."
    )
    @staticmethod
    async def held_emails(root: strawberry.Parent["ReadOnlyMode"]) -> Count:
        """Count the e-mails that would have been sent."""
        waiting = equal("state", MailState.QUEUED.value) if root.switched else NOTHING
        return await count_rows("mail_message", waiting, cap=LARGEST_CAP)


@strawberry.type(description="The settings of the whole service; every saved version is kept.")
class GlobalSettings:
    """The window on the settings in force."""

    found: strawberry.Private[InForce]

    @strawberry.field(description="Grows with every change, from 0; send it back as `expectedVersion`.")
    @staticmethod
    def version(root: strawberry.Parent["GlobalSettings"]) -> int:
        """Return the version."""
        return root.found.version

    @strawberry.field(description="How long logs are kept.")
    @staticmethod
    def log_retention(root: strawberry.Parent["GlobalSettings"]) -> LogRetention:
        """Return how long."""
        return root.found.chosen.log_retention

    @strawberry.field(description="Whether messages to Amazon are held back.")
    @staticmethod
    async def read_only(root: strawberry.Parent["GlobalSettings"]) -> ReadOnlyMode:
        """Return the mode."""
        with reading():
            return ReadOnlyMode(switched=await read_only_since())

    @strawberry.field(
        description="The currency that orders which are made from now on are counted in besides their own, by stored "
        "rates; null: none.",
    )
    @staticmethod
    def base_currency(root: strawberry.Parent["GlobalSettings"]) -> CurrencyCode | None:
        """Return the currency."""
        chosen = root.found.chosen.base_currency
        return None if chosen is None else CurrencyCode(chosen)

    @strawberry.field(
        description="Whether the log of the service also tells each call to Amazon, each page of orders and each round "
        "of evaluations. For finding out what is wrong; never buyer data."
    )
    @staticmethod
    def debug_logging(root: strawberry.Parent["GlobalSettings"]) -> bool:
        """Return whether it is on."""
        return root.found.chosen.debug_logging

    @strawberry.field(description="When this version was saved; null while all is as it was from the start.")
    @staticmethod
    def updated_at(root: strawberry.Parent["GlobalSettings"]) -> datetime | None:
        """Return when."""
        return root.found.at


@strawberry.input(description="What to change; what is left out stays.")
class GlobalSettingsPatch:
    """A change of global settings."""

    log_retention: LogRetention | None = optional("How long logs are kept.")
    read_only: bool | None = optional(
        "Whether messages to Amazon, e-mails and webhooks are held back. Switched off, all that was held goes out in "
        "its order: in a copy of a database that still works elsewhere that would do everything twice."
    )
    debug_logging: bool | None = optional("Whether the log also tells each call and each page, within 10 seconds.")
    base_currency: CurrencyCode | None = optional(
        "The currency that orders are counted in besides their own; null for none. From then on an order of another "
        "currency needs a rate to be imported (`setCurrencyRates`). Orders that are made already get no amounts in it: "
        "nobody said what their currency was worth then."
    )


@strawberry.input(description="Which global settings change, and to what.")
class UpdateGlobalSettingsInput(Optionals):
    """A change and the version it is made for."""

    patch: GlobalSettingsPatch = strawberry.field(description="What changes.")
    expected_version: int | None = optional("The version that you saw; if there is another, nothing is done.")


@strawberry.type(description="What became of the global settings.")
class GlobalSettingsPayload:
    """The answer to updateGlobalSettings."""

    settings: GlobalSettings | None = strawberry.field(default=None, description="The settings as they are now.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


GlobalInput = Annotated[UpdateGlobalSettingsInput, strawberry.argument(description="What changes.")]


async def find_global_settings() -> GlobalSettings:
    """Return the settings in force."""
    with reading():
        return GlobalSettings(found=await in_force())


async def save_global_settings(info: Info, input: GlobalInput) -> GlobalSettingsPayload:
    """Save a new version of the global settings."""
    service = info.context.service
    saved = await update_global_settings(
        patch=_said(input.patch), expected_version=input.expected_version, now=service.clock.now(), actor=USER
    )
    service.wake()
    return GlobalSettingsPayload(settings=GlobalSettings(found=saved))


def _said(patch: GlobalSettingsPatch) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(words.GlobalSettings)]
    said = {name: getattr(patch, name) for name in names}
    return {name: value for name, value in said.items() if value is not strawberry.UNSET}
