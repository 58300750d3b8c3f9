"""Messages to Amazon that a person lists, sends again or gives up."""

from typing import Annotated, Final

import strawberry

from api.plans.fragments import all_of, equal, one_of
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.commands import Command
from api.schema.context import Context, Info
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from domain.amazon.records import Command as CommandRecord
from domain.amazon.records import CommandState
from domain.channel.command_choices import FAILED, give_up_command, retry_command
from domain.channel.confirm_by_hand import confirm_command
from domain.errors import NotFound

_BY_AGE: Final = Sort("AGE", "id", int, descending=True)

CommandId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Command`.")]
Note = Annotated[
    str,
    strawberry.argument(description="Why, for the timeline: at most 500 characters. Write no buyer data into it."),
]
OfStore = Annotated[strawberry.ID | None, strawberry.argument(description="Only those of a store.")]
HowKnown = Annotated[
    str | None,
    strawberry.argument(
        description="Needed for a refund or the cancellation of a part that Amazon may have carried out: how you know "
        "that it did not. Stays in the timeline, at most 500 characters. Write no buyer data into it."
    ),
]
InStates = Annotated[
    list[CommandState] | None,
    strawberry.argument(description="Only those in these states: REFUSED, PARKED and DEAD unless others are given."),
]


@strawberry.type(description="A message to Amazon and its place in the list.")
class CommandEdge:
    """A command in a list."""

    node: Command = strawberry.field(description="The message.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of messages to Amazon, the newest first.")
class CommandConnection:
    """A page of commands."""

    edges: list[CommandEdge] = strawberry.field(description="The messages with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[Command], description="The messages alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["CommandConnection"]) -> list[Command]:
        """Return the nodes of the edges."""
        return [edge.node for edge in root.edges]


@strawberry.type(description="What became of a message to Amazon.")
class CommandPayload:
    """The answer to what is done with a command."""

    command: CommandRecord | None = strawberry.field(
        graphql_type=Command | None, default=None, description="The message as it is now."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


async def list_commands(
    context: Context, first: First, after: After, store_id: OfStore, states: InStates
) -> CommandConnection:
    """Return a page of commands, the newest first.

    Raises InvalidInput.
    """
    wanted = given(states)
    conditions = [one_of("state", [state.value for state in (FAILED if wanted is None else wanted)])]
    if (text := given(store_id)) is not None:
        store = typed_id(text, "Store", path=("storeId",))
        conditions += [equal("store_id", store.row_id), equal("account_id", store.account_id)]
    page = await find_page("command", where=all_of(conditions), sort=_BY_AGE, request=asked_page(first, after))
    context.spend(len(page.rows))
    commands = await context.loaders.row(CommandRecord).load_many([row.row_id for row in page.rows])
    edges = [
        CommandEdge(node=command, cursor=row.cursor)  # type: ignore[arg-type]
        for command, row in zip(commands, page.rows, strict=True)
        if command is not None
    ]
    return CommandConnection(edges=edges, page_info=page_info(page))


async def send_again(info: Info, command_id: CommandId, note: HowKnown = None) -> CommandPayload:
    """Send a failed command again."""
    row_id = await _known(command_id)
    service = info.context.service
    command = await retry_command(command_id=row_id, note=note, now=service.clock.now(), actor=USER)
    service.wake()
    return CommandPayload(command=command)


async def give_up(info: Info, command_id: CommandId, note: Note) -> CommandPayload:
    """Drop a command."""
    row_id = await _known(command_id)
    service = info.context.service
    command = await give_up_command(command_id=row_id, note=note, now=service.clock.now(), actor=USER)
    service.wake()
    return CommandPayload(command=command)


async def confirm_done(info: Info, command_id: CommandId, note: Note) -> CommandPayload:
    """Mark a refund as paid."""
    row_id = await _known(command_id)
    service = info.context.service
    command = await confirm_command(command_id=row_id, note=note, now=service.clock.now(), actor=USER)
    service.wake()
    return CommandPayload(command=command)


async def _known(command_id: str) -> int:
    wanted = typed_id(command_id, "Command", path=("commandId",))
    with reading():
        known = await CommandRecord.filter(id=wanted.row_id, account_id=wanted.account_id).exists()
    if not known:
        raise NotFound("There is no such command.", path=("commandId",))
    return wanted.row_id
