"""The mail settings of a store."""

import dataclasses
from typing import Annotated, Any

import strawberry

from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.mail_refusals import settings_in_force
from api.schema.optional import Optionals, optional
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from domain.accounts import records
from domain.commerce import mail_rules
from domain.commerce.mail_rules import MailKind
from domain.commerce.mail_settings import update_mail_settings


@strawberry.type(description="Which e-mails a store sends to buyers, and from whom. Every saved version is kept.")
class MailSettings:
    """One version of the settings."""

    version: int = strawberry.field(
        description="Grows with every change; send it back as `expectedVersion`. 0: nothing was ever changed."
    )
    sender_name: str | None = strawberry.field(description="The sender's name that buyers read.")
    sender_address: str | None = strawberry.field(
        description="The address it comes from; null: the service's own, ORDERLANE_MAIL_FROM."
    )
    copy_to: list[str] = strawberry.field(description="Who gets a blind copy of each e-mail.")
    enabled_kinds: list[MailKind] = strawberry.field(description="Which e-mails are on.")


def window_of(version: int, chosen: mail_rules.MailSettings) -> MailSettings:
    """Return settings as clients see them."""
    return MailSettings(
        version=version,
        sender_name=chosen.sender_name,
        sender_address=chosen.sender_address,
        copy_to=list(chosen.copy_to),
        enabled_kinds=[kind for kind in MailKind if chosen.enabled[kind]],
    )


@strawberry.type
class WritingStore:
    """What a store says of its e-mails."""

    @strawberry.field(description="Which e-mails it sends to buyers, and from whom.")
    @staticmethod
    async def mail_settings(root: strawberry.Parent[records.Store], info: Info) -> MailSettings:
        """Return the settings in force."""
        return window_of(*await info.context.loaders.other(settings_in_force).load(root.id))


@strawberry.input(description="What to change; what is left out stays.")
class MailSettingsPatch:
    """A change of settings."""

    sender_name: str | None = optional("The sender's name; null for none.")
    sender_address: str | None = optional("The address it comes from; null for the service's own.")
    copy_to: list[str] | None = optional("Who gets a blind copy of each e-mail, at most 10; null for nobody.")
    enabled_kinds: list[MailKind] | None = optional("Which e-mails are on; all others are off.")


@strawberry.input(description="Which mail settings change, and to what.")
class UpdateMailSettingsInput(Optionals):
    """A change of settings."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    patch: MailSettingsPatch = strawberry.field(description="What changes.")
    expected_version: int | None = optional("The version that you saw; if there is another, nothing is done.")


@strawberry.type(description="What became of mail settings.")
class MailSettingsPayload:
    """The answer to updateMailSettings."""

    settings: MailSettings | None = strawberry.field(default=None, description="The settings as they are now.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


MailSettingsInput = Annotated[UpdateMailSettingsInput, strawberry.argument(description="What changes.")]


async def save_mail_settings(info: Info, input: MailSettingsInput) -> MailSettingsPayload:
    """Save a new version of a store's mail settings."""
    wanted = typed_id(input.store_id, "Store", path=("input", "storeId"))
    version, chosen = await update_mail_settings(
        store_id=wanted.row_id,
        patch=_patch_of(input.patch),
        expected_version=input.expected_version,
        now=info.context.service.clock.now(),
        actor=USER,
    )
    return MailSettingsPayload(settings=window_of(version, chosen))


def _patch_of(patch: MailSettingsPatch) -> dict[str, Any]:
    said = {field.name: getattr(patch, field.name) for field in dataclasses.fields(patch)}
    given = {name: value for name, value in said.items() if value is not strawberry.UNSET}
    if "enabled_kinds" in given:
        on = set(given.pop("enabled_kinds") or ())
        given["enabled"] = {kind: kind in on for kind in MailKind}
    return given
