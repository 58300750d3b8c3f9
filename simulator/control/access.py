"""The control plane's side of roles and authorization."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from simulator.access.grants import ALL_ROLES
from simulator.access.tokens import CODE_LIFETIME
from simulator.control.bodies import Body, Name, Nothing, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.instants import wire_time
from simulator.orders.documents import Document
from simulator.world import World

Role = Literal[
    "AMAZON_FULFILLMENT",
    "BRAND_ANALYTICS",
    "BUYER_COMMUNICATION",
    "BUYER_SOLICITATION",
    "DIRECT_TO_CONSUMER_SHIPPING",
    "FINANCE_AND_ACCOUNTING",
    "INVENTORY_AND_ORDER_TRACKING",
    "PRICING",
    "PRODUCT_LISTING",
    "PROFESSIONAL_SERVICES",
    "SELLING_PARTNER_INSIGHTS",
    "TAX_INVOICING",
    "TAX_REMITTANCE",
]


class SetRoles(Body):
    """The roles of one application with one seller; without either, of all applications or with all sellers."""

    roles: list[Role]
    client_id: Annotated[str, Meta(min_length=1, max_length=500)] | UnsetType = UNSET
    seller: Name | UnsetType = UNSET


class Authorize(Body):
    """The seller who consents."""

    seller: Name = "demo"


async def show_roles(world: World, request: Request) -> Response:
    """Answer all roles that there are, and who was limited to which; everybody else holds all."""
    return json_answer(_roles(world))


async def set_roles(world: World, request: Request) -> Response:
    """Limit an application to some roles."""
    body = await read_body(request, SetRoles)
    world.grants.grant(
        frozenset(body.roles),
        client_id=None if body.client_id is UNSET else body.client_id,
        seller=None if body.seller is UNSET else body.seller,
    )
    return json_answer(_roles(world))


async def clear_roles(world: World, request: Request) -> Response:
    """Let every application hold all roles again."""
    await read_body(request, Nothing)
    world.grants.clear()
    return json_answer(_roles(world))


async def authorize(world: World, request: Request) -> Response:
    """Let a seller consent, and answer the code that an application exchanges for a refresh token.

    A seller who had revoked the permission gives it again.
    """
    body = await read_body(request, Authorize)
    now = world.catch_up()
    world.welcome(body.seller).is_revoked = False
    code = world.tokens.authorize(body.seller, now=now)
    return json_answer({"code": code, "seller": body.seller, "expires": wire_time(now + CODE_LIFETIME)}, 201)


def _roles(world: World) -> Document:
    return {
        "roles": sorted(ALL_ROLES),
        "grants": [
            {"clientId": grant.client_id, "seller": grant.seller, "roles": sorted(grant.roles)}
            for grant in world.grants
        ],
    }


CONTROLS: Final[tuple[Control, ...]] = (
    Control("GET", "/roles", show_roles),
    Control("PUT", "/roles", set_roles),
    Control("DELETE", "/roles", clear_roles),
    Control("POST", "/authorization-codes", authorize),
)
