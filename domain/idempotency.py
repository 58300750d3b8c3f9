"""Remembered answers: a repeated request with the same key gets the first result again."""

from datetime import datetime, timedelta
from typing import Final

from tortoise import fields
from tortoise.connection import get_connection
from tortoise.models import Model

from domain.errors import Duplicate, IdempotencyKeyReused, InvalidInput, RequiredInput
from domain.instant import Instant, to_text
from domain.json_rows import encode_rows, json_rows, placeholder

LIFETIME: Final = timedelta(days=7)
_PATH: Final = ("input", "idempotencyKey")
_LONGEST: Final = 200


class AnsweredMeanwhile(Duplicate):
    """The same request won the race: its result is stored, ours is not."""

    retryable = True


class IdempotencyKey(Model):
    """A request that succeeded, as a reference to what it made; the input is kept as a keyed digest only."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=64)
    mutation = fields.CharField(max_length=64)
    key = fields.CharField(max_length=200)
    input_digest = fields.CharField(max_length=64)
    result_id = fields.BigIntField()
    expires_at = Instant()

    class Meta:
        """Storage."""

        table = "idempotency"
        unique_together = (("scope", "mutation", "key"),)


async def remembered(*, scope: str, mutation: str, key: str, input_digest: str, now: datetime) -> int | None:
    """Return the id of the result that this request had before; None if it is new, or longer ago than 7 days.

    Raises RequiredInput or InvalidInput for the key itself, IdempotencyKeyReused if it came with another input.
    """
    _check(key)
    known = await IdempotencyKey.get_or_none(scope=scope, mutation=mutation, key=key, expires_at__gt=now)
    if known is None:
        return None
    if known.input_digest != input_digest:
        raise IdempotencyKeyReused(
            "This idempotency key was used for another request; send a new key with a new request.", path=_PATH
        )
    result_id: int = known.result_id
    return result_id


async def remember(*, scope: str, mutation: str, key: str, input_digest: str, result_id: int, now: datetime) -> None:
    """Store what the request made, inside the caller's change.

    Raises AnsweredMeanwhile if the key was taken in between; the change must then not be stored.
    """
    _check(key)
    connection = get_connection("default")
    columns = ("scope", "mutation", "key", "input_digest", "result_id", "expires_at")
    kinds = dict.fromkeys(columns, "text") | {"result_id": "integer"}
    names = ", ".join(f'"{name}"' for name in columns)
    taken, _ = await connection.execute_query(
        f"INSERT INTO idempotency ({names}) SELECT {names} FROM {json_rows(connection, kinds)} asked WHERE true "
        "ON CONFLICT (scope, mutation, key) DO UPDATE SET input_digest = excluded.input_digest, "
        "result_id = excluded.result_id, expires_at = excluded.expires_at "
        f"WHERE idempotency.expires_at <= {placeholder(connection, 2)}",
        [encode_rows([[scope, mutation, key, input_digest, result_id, to_text(now + LIFETIME)]]), to_text(now)],
    )
    if not taken:
        raise AnsweredMeanwhile("The same request was answered just now; send it again to get that answer.", path=_PATH)


async def forget_expired(*, now: datetime) -> int:
    """Delete the answers whose time is over, inside the caller's change, and return how many there were."""
    return await IdempotencyKey.filter(expires_at__lte=now).delete()


def _check(key: str) -> None:
    if not key.strip():
        raise RequiredInput("An idempotency key is required: any text that you send again only to repeat.", path=_PATH)
    if len(key) > _LONGEST:
        raise InvalidInput(f"An idempotency key has at most {_LONGEST} characters.", path=_PATH)
