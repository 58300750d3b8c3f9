"""A shop with papers, asked over HTTP as a browser does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from api.documents.routes import document_routes
from api.security import Guard
from domain.sealing import Sealer
from tests.api.schema.asking import Client, client_of
from tests.domain.channel.stage import Stage, connected

PAPERS = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) { id commerceOrder { id
  invoices { id number printUrl pdfUrl } shipments { id number printUrl pdfUrl }
  creditMemos { id number printUrl pdfUrl } } } }"""


@dataclass
class Shop:
    """A stage with the API and the papers beside it."""

    stage: Stage
    client: Client
    http: httpx2.AsyncClient

    async def papers(self, number: str) -> dict[str, Any]:
        """Return the links to an order's papers."""
        found: dict[str, Any] = (await self.client.ask(PAPERS, number=number))["amazonOrder"]["commerceOrder"]
        return found

    async def get(self, link: str) -> httpx2.Response:
        """Follow a link."""
        return await self.http.get(link)

    async def page(self, link: str) -> str:
        """Return the page behind a link."""
        response = await self.get(link)
        assert response.status_code == 200, response.text
        return response.text


@pytest.fixture
async def shop(database: str, now: Any, sealer: Sealer) -> AsyncIterator[Shop]:
    stage = await connected(now, sealer)
    await stage.products({"sku": "MUG", "quantity": "50"}, {"sku": "CUP", "quantity": "50"})
    client = client_of(stage, sealer)
    guard = Middleware(Guard, hosts=frozenset({"localhost"}))
    app = Starlette(routes=document_routes(client.service), middleware=[guard])
    transport = httpx2.ASGITransport(app=app)
    async with client.http, httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
        yield Shop(stage, client, http)
