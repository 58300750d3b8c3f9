"""Uploads and downloads of documents under ``/_docs``: signed URLs, no tokens, and a storage service's errors."""

from collections.abc import Awaitable, Callable
from hashlib import md5
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.storage.documents import LARGEST, StoredDocument
from simulator.storage.urls import WrongUrl, check_url
from simulator.world import World

UNSIGNED_HEADERS: Final = "There were headers present in the request which were not signed: "
OTHER_TYPE: Final = "The Content-Type is not the one that the document was created with."


class TransferError(Exception):
    """A refusal of the storage that documents lie in."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def document_routes(world: World) -> list[Route]:
    """Return the routes of the documents' storage."""

    def endpoint(name: str, transfer: Callable[..., Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            now = world.catch_up()
            request.state.operation = name
            try:
                return await transfer(world, request, now=now)
            except TransferError as error:
                return _refusal(error)

        return answer

    path = "/{document_id}"
    return [
        Route(path, endpoint("uploadDocument", upload), methods=["PUT"]),
        Route(path, endpoint("downloadDocument", download), methods=["GET"]),
    ]


async def upload(world: World, request: Request, *, now: int) -> Response:
    """Take in the contents of a document; again until a feed is created from it."""
    document, _ = _document(world, request, now=now)
    if request.headers.get("content-type", "").strip() != document.content_type:
        raise TransferError(403, "SignatureDoesNotMatch", OTHER_TYPE)
    contents = await _read(request)
    if not document.is_used:
        document.contents = contents
    return Response(headers={"ETag": f'"{md5(contents, usedforsecurity=False).hexdigest()}"'})


async def download(world: World, request: Request, *, now: int) -> Response:
    """Answer the contents of a document as they are kept."""
    document, encoding = _document(world, request, now=now)
    if document.contents is None:
        raise _no_such_key()
    headers = {"Content-Type": document.content_type} | ({"Content-Encoding": encoding} if encoding else {})
    return Response(document.contents, headers=headers)


def _document(world: World, request: Request, *, now: int) -> tuple[StoredDocument, str]:
    try:
        grant = check_url(world, request, now=now)
    except WrongUrl as error:
        raise TransferError(403, "AccessDenied", str(error)) from error
    foreign = sorted({name for name in request.headers if name.startswith("x-amz-")})
    if foreign:
        raise TransferError(403, "AccessDenied", UNSIGNED_HEADERS + ", ".join(foreign))
    document = world.documents.find(grant.document_id, now=now)
    if document is None:
        raise _no_such_key()
    request.state.seller = document.seller
    return document, grant.encoding


async def _read(request: Request) -> bytes:
    contents = bytearray()
    async for part in request.stream():
        contents += part
        if len(contents) > LARGEST:
            message = "Your proposed upload exceeds the maximum allowed size"
            raise TransferError(400, "EntityTooLarge", message)
    return bytes(contents)


def _no_such_key() -> TransferError:
    return TransferError(404, "NoSuchKey", "The specified key does not exist.")


def _refusal(error: TransferError) -> Response:
    root = Element("Error")
    SubElement(root, "Code").text = error.code
    SubElement(root, "Message").text = error.message
    body = tostring(root, encoding="UTF-8", xml_declaration=True)
    return Response(body, error.status, media_type="application/xml")
