"""The operation that all migrations are made of: statements, with the few words that the dialects spell differently."""

from typing import Final

from tortoise.migrations.operations import Operation, TortoiseOperation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

_WORDS: Final = {
    "sqlite": {
        "id": '"id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL',
        "instant": "VARCHAR(24)",
        "json": "JSON",
        "sealed": "BLOB",
    },
    "postgres": {
        "id": '"id" BIGSERIAL PRIMARY KEY NOT NULL',
        "instant": "VARCHAR(24)",
        "json": "JSONB",
        "sealed": "BYTEA",
    },
}


class Statements(TortoiseOperation):
    """Runs statements as they are written, one by one; `{id}`, `{instant}`, `{json}` and `{sealed}` are types."""

    reversible = False

    def __init__(self, *statements: str) -> None:
        self.statements = statements

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Run the statements within the migration's transaction."""
        assert state_editor is not None
        words = _WORDS[state_editor.client.capabilities.dialect]
        for statement in self.statements:
            await state_editor.client.execute_query(statement.format(**words))


def in_order(*operations: Operation) -> list[Operation]:
    """Return a migration's operations, first to last."""
    return list(operations)


def after(name: str) -> list[tuple[str, str]]:
    """Return what a migration depends on: the one before it."""
    return [("models", name)]
