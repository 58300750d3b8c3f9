"""`orderlane query`: one GraphQL document, without a server."""

import json
import sys
from typing import Annotated, Any

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give_json


async def query(
    document: str,
    /,
    *,
    variables: Annotated[str | None, Parameter(alias="-v")] = None,
    url: str | None = None,
) -> int:
    """Run a GraphQL document on the configured database and print the answer; fails if it holds errors.

    Parameters
    ----------
    document
        The document; - reads it from stdin.
    variables
        Its variables as a JSON object.
    url
        Ask the service that runs there instead.
    """
    values = _variables(variables)
    text = sys.stdin.read() if document == "-" else document
    async with asking(url) if url else asking_here() as asker:
        answer = await asker.answer(text, values)
    give_json(answer)
    return Exit.FAILED if answer.get("errors") else Exit.OK


def _variables(text: str | None) -> dict[str, Any]:
    try:
        values = json.loads(text) if text else {}
    except ValueError as error:
        raise CommandFailed(f"--variables is not JSON: {error}.", code=Exit.WRONG_USAGE) from None
    if not isinstance(values, dict):
        raise CommandFailed("--variables has to be a JSON object, e.g. '{\"first\": 5}'.", code=Exit.WRONG_USAGE)
    return values
