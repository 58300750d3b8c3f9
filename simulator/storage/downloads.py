"""Where a document is to be downloaded, as the APIs of feeds and reports answer it."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import invalid_input, json_answer, not_found
from simulator.parameters import read_one
from simulator.storage.documents import Purpose, StoredDocument
from simulator.storage.urls import document_url

DOCUMENT_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ENCODING_SWITCH: Final = "enableContentEncodingUrlHeader"


def answer_download(call: Call, *, id_name: str, purposes: AbstractSet[Purpose]) -> Response:
    """Answer the URL of a document of the seller that serves one of the purposes. Raises WireError."""
    document = _document(call, purposes)
    encoding = "gzip" if _wants_encoding(call) and document.compression else ""
    url = document_url(call.world, call.request, document.document_id, method="GET", now=call.now, encoding=encoding)
    answer = {id_name: document.document_id, "url": url}
    return json_answer(answer | ({"compressionAlgorithm": document.compression} if document.compression else {}))


def _document(call: Call, purposes: AbstractSet[Purpose]) -> StoredDocument:
    document_id: str = call.request.path_params["document_id"]
    if not DOCUMENT_ID.fullmatch(document_id):
        raise invalid_input()
    document = call.world.documents.find(document_id, now=call.now)
    if (
        document is None
        or document.seller != call.seller
        or document.purpose not in purposes
        or document.contents is None
    ):
        raise not_found()
    return document


def _wants_encoding(call: Call) -> bool:
    text = (read_one(call.request.query_params, ENCODING_SWITCH) or "false").lower()
    if text not in ("true", "false"):
        raise invalid_input()
    return text == "true"
