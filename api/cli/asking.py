"""Asking a service its GraphQL API: one that runs elsewhere, or this process's own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2

from api.cli.endings import CommandFailed, Exit
from api.settings import is_url

_PASSING: Final = frozenset({"MARKETPLACE_UNAVAILABLE", "MARKETPLACE_THROTTLED"})


class Asker:
    """Sends GraphQL documents over an HTTP client."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def answer(self, document: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Return the whole answer, errors and all; raises CommandFailed if there is none."""
        body = {"query": document, "variables": dict(variables or {})}
        try:
            response = await self._http.post("/graphql", json=body)
            answer = response.json()
        except httpx2.TransportError as error:
            raise CommandFailed(
                f"The service at {self._http.base_url} cannot be reached: {type(error).__name__}.",
                code=Exit.UNREACHABLE,
            ) from None
        except UnicodeEncodeError:  # the shell or a pipe gave bytes that no text has
            raise CommandFailed("Write in UTF-8: something given is not.", code=Exit.WRONG_USAGE) from None
        except ValueError:
            raise CommandFailed(
                f"{self._http.base_url} answered {response.status_code}, and not with JSON: is this the service?",
                code=Exit.UNREACHABLE if response.is_server_error else Exit.FAILED,
            ) from None
        if not isinstance(answer, dict):
            raise CommandFailed(f"{self._http.base_url} answered something else than GraphQL.")
        return answer

    async def data(self, document: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Return what was asked for; raises CommandFailed with the words of the first error."""
        answer = await self.answer(document, variables)
        if answer.get("errors"):
            raise CommandFailed(str(answer["errors"][0].get("message", "refused")))
        found: dict[str, Any] = answer["data"]
        return found

    async def file(self, path: str) -> bytes:
        """Return what a link of an answer leads to; raises CommandFailed if the service does not give it."""
        try:
            response = await self._http.get(path)
        except httpx2.TransportError as error:
            raise CommandFailed(
                f"The service at {self._http.base_url} cannot be reached: {type(error).__name__}.",
                code=Exit.UNREACHABLE,
            ) from None
        if not response.is_success:
            raise CommandFailed(f"The service answered {response.status_code}: {response.text.strip()[:200]}")
        return response.content

    async def payload(self, field: str, document: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """Return a mutation's payload; raises CommandFailed with the words of its refusals."""
        payload: dict[str, Any] = (await self.data(document, variables))[field]
        if payload["errors"]:
            raise _refused(payload["errors"])
        return payload


def _refused(errors: list[dict[str, Any]]) -> CommandFailed:
    is_passing = any(error.get("code") in _PASSING for error in errors)
    words = "\n".join(error["message"] for error in errors)
    return CommandFailed(words, code=Exit.UNREACHABLE if is_passing else Exit.FAILED)


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Asker]:
    """Ask the service at a URL such as http://127.0.0.1:8000; raises CommandFailed if it is none."""
    if not is_url(url):
        raise CommandFailed("--url: write http://… or https://…, e.g. http://127.0.0.1:8000.", code=Exit.WRONG_USAGE)
    base = url.removesuffix("/").removesuffix("/graphql")
    async with httpx2.AsyncClient(base_url=base, timeout=60) as http:
        yield Asker(http)


@asynccontextmanager
async def asking_here() -> AsyncIterator[Asker]:
    """Ask the API in this process, on the configured database, without its worker."""
    from api.app import create_app, running
    from api.configuration import load_settings

    settings = load_settings().settings
    async with running(settings, migrate=is_new(settings.database_url)) as joined:
        transport = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Asker(http)


def is_new(database_url: str) -> bool:
    """Return whether there is no database yet: then it is made, while one that is old waits for `orderlane migrate`."""
    from api.database.configuration import file_of

    return not file_of(database_url).exists()
