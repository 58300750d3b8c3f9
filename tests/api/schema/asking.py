"""Asking the API as a client does, over HTTP."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2

from api.schema.endpoint import graphql_endpoint
from api.service import Service
from domain.accounts.backfill import FirstPage
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Store
from domain.accounts.regions import Region
from domain.commerce.mail_rules import Mailing
from domain.errors import DomainError
from domain.sealing import Sealer
from tests.api.schema.pointing import astray
from tests.domain.channel.stage import MARKETPLACE, Stage


@dataclass
class StageClock:
    """The stage's time."""

    stage: Stage

    def now(self) -> datetime:
        return self.stage.now


PAST = FirstPage(orders=3, reaches=None, available=19.0, rate=0.0056)


@dataclass
class Credentials:
    """What Amazon would say of a refresh token."""

    at: datetime
    refusal: DomainError | None = None
    past: FirstPage = PAST
    asked: list[tuple[Region, str]] = field(default_factory=list)

    async def verify(self, *, region: Region, refresh_token: str) -> Verified:
        self.asked.append((region, refresh_token))
        if self.refusal:
            raise self.refusal
        return Verified((Participation(MARKETPLACE, True), Participation("A1F83G8C2ARO7P", True)), self.at)

    async def first_look(self, store: Store, *, since: datetime) -> FirstPage:
        if self.refusal:
            raise self.refusal
        return self.past


@dataclass
class Client:
    """A client of the endpoint; `woken` counts how often the worker was told that something is due."""

    stage: Stage
    credentials: Credentials
    http: httpx2.AsyncClient
    woken: list[int]
    service: Service

    async def post(self, query: str, **variables: Any) -> dict[str, Any]:
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        assert astray(query, answer) == []
        return answer

    async def ask(self, query: str, **variables: Any) -> Any:
        """Return the data; nothing may have gone wrong."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def refused(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the extensions of the only top-level error."""
        (error,) = (await self.post(query, **variables))["errors"]
        return {**error["extensions"], "message": error["message"]}


MAILING = Mailing(sender="shop@example.com", missing=None)


def client_of(stage: Stage, sealer: Sealer, *, mailing: Mailing = MAILING) -> Client:
    woken: list[int] = []
    credentials = Credentials(stage.now - timedelta(hours=1))
    numbers = itertools.count(900)
    service = Service(
        clock=StageClock(stage),
        sealer=sealer,
        credentials=credentials,
        first_look=credentials.first_look,
        new_reference=lambda: str(next(numbers)),
        wake=lambda: woken.append(1),
        mailing=mailing,
    )
    transport = httpx2.ASGITransport(app=graphql_endpoint(service))
    return Client(
        stage, credentials, httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1"), woken, service
    )
