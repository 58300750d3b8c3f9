"""GraphQL over HTTP: what goes in, what comes out, and in which words a request is refused."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.exceptions import HTTPException as TooMuch
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.types import ExecutionResult

from api.body_limit import too_large
from api.request_id import name_request, request_id
from api.schema.context import Context
from api.schema.document import schema
from api.service import Service

MEDIA_TYPE: Final = "application/graphql-response+json"
BAD_REQUEST: Final = "BAD_REQUEST"
DEEPEST_VARIABLES: Final = 40

_WORDS: Final[Mapping[str, str]] = {
    "Unsupported content type": "Send the request as JSON, with the header `Content-Type: application/json`.",
    "Unable to parse request body as JSON": (
        "The request is not JSON in UTF-8: look for a missing quote, comma or brace. NaN and Infinity are not JSON."
    ),
    "No GraphQL query found in the request": (
        'There is no query. Send one by POST as JSON, e.g. {"query": "{ stores { name } }"}, '
        "or by GET, e.g. /graphql?query={stores{name}}."
    ),
    "mutations are not allowed when using GET": "Send mutations by POST.",
    "subscriptions are not allowed when using GET": "There are no subscriptions here; ask again with a query.",
    "subscriptions are not allowed when using POST": "There are no subscriptions here; ask again with a query.",
}
"""What the library says, in words with a way out."""


class Endpoint(GraphQL[Context, None]):
    """The endpoint: JSON in, JSON out, also when the request is no GraphQL request."""

    def __init__(self, service: Service) -> None:
        super().__init__(schema, graphql_ide=None, subscription_protocols=())
        self._service = service

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Return what the resolvers of this request can reach."""
        name = request_id.get() or name_request(request.headers.get("x-request-id"))
        return Context(service=self._service, request_id=name)

    async def run(self, request: Any, context: Any = None, root_value: Any = None) -> Any:
        """Answer a request; a refusal is JSON too, and names its code."""
        try:
            return await super().run(request)
        except HTTPException as refusal:
            return _refused(refusal)
        except TooMuch as refusal:
            if refusal.status_code != 413:
                raise
            return too_large()

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Return that there is no page for people here; a browser that asks nothing is told how to ask."""
        return False

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON; anything that is not JSON in UTF-8 raises json.JSONDecodeError."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """Write JSON."""
        return orjson.dumps(data).decode()

    def parse_json(self, data: str | bytes) -> Any:
        """Read a JSON object, nothing else; null stands for an empty one."""
        value = super().parse_json(data)
        if isinstance(value, list):
            raise HTTPException(400, "One operation at a time: batching is off.")
        if not isinstance(value, dict | None):
            raise HTTPException(400, "A GraphQL request is a JSON object with a `query`.")
        return value or {}

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read the request; variables that nest absurdly deep are not looked at."""
        data = await super().parse_http_body(request)
        if isinstance(data, GraphQLRequestData) and _nests_deeper(data.variables, DEEPEST_VARIABLES):
            raise HTTPException(400, f"Variables nest at most {DEEPEST_VARIABLES} deep.")
        return data

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Note whether the client prefers the media type of GraphQL answers, where the status tells of errors."""
        response = await super().get_sub_response(request)
        accepted = [kind.split(";", 1)[0].strip() for kind in request.headers.get("accept", "").split(",")]
        known = [kind for kind in accepted if kind in (MEDIA_TYPE, "application/json", "*/*")]
        response.strict = known[:1] == [MEDIA_TYPE]  # type: ignore[attr-defined]
        return response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Leave `data` out where nothing was executed."""
        body = await super().process_result(request, result)
        if result.errors and result.data is None and all(error.path is None for error in result.errors):
            body.pop("data", None)
        return body

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Give the answer the media type that the client prefers, and with it the status that belongs to it."""
        response = super().create_response(response_data, sub_response)
        if getattr(sub_response, "strict", False):
            response.headers["content-type"] = f"{MEDIA_TYPE}; charset=utf-8"
            if isinstance(response_data, Mapping) and "data" not in response_data:
                response.status_code = 400
        return response


def graphql_endpoint(service: Service) -> Endpoint:
    """Return the ASGI application that answers GraphQL requests with the parts of a service."""
    return Endpoint(service)


def _refused(refusal: HTTPException) -> Response:
    message = _WORDS.get(refusal.reason, refusal.reason)
    if message.startswith("Unknown operation named"):
        message = "The document has no operation of the name in `operationName`."
    error = {"message": message, "extensions": {"code": BAD_REQUEST}}
    headers = {"allow": "GET, POST"} if refusal.status_code == 405 else {}
    return Response(
        orjson.dumps({"errors": [error]}),
        status_code=refusal.status_code,
        media_type="application/json",
        headers=headers,
    )


def _nests_deeper(value: object, depth: int) -> bool:
    """Whether JSON nests deeper than that, without walking deeper than that itself."""
    layer = [value]
    for _ in range(depth):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
