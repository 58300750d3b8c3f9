import gzip
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
import pytest

from simulator.app import create_app
from simulator.server import serving
from simulator.storage.documents import LARGEST
from simulator.world import World
from tests.simulator.playing import Amazon
from tests.simulator.submitting import (
    ACKNOWLEDGEMENT,
    DOCUMENTS,
    FEEDS,
    FLAT,
    TABS,
    XML,
    Report,
    ask,
    envelope,
    feed,
    message,
    new_document,
    processed,
    specification,
    submit,
    upload,
    uploaded,
)

UNKNOWN = message("902-0000000-0000000")


async def download_url(amazon: Amazon, document_id: str, **query: str) -> dict[str, str]:
    answer = await ask(amazon, "GET", f"{DOCUMENTS}/{document_id}", **query)
    assert answer.status_code == 200, answer.text
    shown: dict[str, str] = answer.json()
    return shown


async def many_errors(amazon: Amazon) -> str:
    """Process a feed of which the report is large, and return the id of the report."""
    contents = envelope(*(message("902-0000000-0000000", number=number) for number in range(1, 101)))
    feed_id = await submit(amazon, contents)
    await amazon.advance(60)
    report_id: str = (await feed(amazon, feed_id))["resultFeedDocumentId"]
    return report_id


class TestUploading:
    @pytest.mark.parametrize(
        "content_type", ["text/xml", "text/xml; charset=utf-8", "text/xml;charset=UTF-8", "application/xml", TABS, ""]
    )
    async def test_another_content_type_than_the_one_asked_for_is_refused(
        self, amazon: Amazon, content_type: str
    ) -> None:
        document = await new_document(amazon, XML)
        answer = await upload(amazon, document["url"], b"<a/>", content_type)
        assert answer.status_code == 403
        assert "<Code>SignatureDoesNotMatch</Code>" in answer.text
        refused = await ask(amazon, "POST", FEEDS, specification(document["feedDocumentId"]))
        assert refused.status_code == 400

    async def test_the_url_is_good_for_five_minutes(self, amazon: Amazon) -> None:
        document = await new_document(amazon)
        await amazon.advance(299.999)
        assert (await upload(amazon, document["url"], b"<a/>")).status_code == 200
        await amazon.advance(0.001)
        answer = await upload(amazon, document["url"], b"<a/>")
        assert answer.status_code == 403
        assert "<Message>Request has expired</Message>" in answer.text

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("signature=", "signature=0"),
            ("signature=", "signature=%C3%BC"),
            ("signature=", "other="),
            ("expires=", "expires=9"),
            ("expires=", "other="),
            ("expires=", "expires=x"),
            ("?", "?encoding=gzip&"),
            ("?", "0?"),
        ],
    )
    async def test_a_url_is_good_only_as_it_was_given_out(self, amazon: Amazon, old: str, new: str) -> None:
        document = await new_document(amazon)
        assert (await upload(amazon, document["url"].replace(old, new, 1), b"<a/>")).status_code == 403

    async def test_a_url_to_upload_is_none_to_download_and_the_other_way_round(self, amazon: Amazon) -> None:
        document = await new_document(amazon)
        await upload(amazon, document["url"], b"<a/>")
        assert (await amazon.http.get(document["url"])).status_code == 403
        down = await download_url(amazon, document["feedDocumentId"])
        assert (await upload(amazon, down["url"], b"<b/>")).status_code == 403
        assert (await amazon.http.delete(down["url"])).status_code == 405

    async def test_a_token_must_not_be_sent_along(self, amazon: Amazon) -> None:
        document = await new_document(amazon)
        headers = {"content-type": XML, "x-amz-access-token": amazon.token or ""}
        answer = await amazon.http.put(document["url"], content=b"<a/>", headers=headers)
        assert answer.status_code == 403
        assert "x-amz-access-token" in answer.text
        assert (amazon.token or "") not in answer.text

    async def test_what_is_uploaded_last_counts_until_a_feed_is_created(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        document = await new_document(amazon)
        for contents in (b"broken", envelope(message(order_id))):
            assert (await upload(amazon, document["url"], contents)).status_code == 200
        created = await ask(amazon, "POST", FEEDS, specification(document["feedDocumentId"]))
        assert created.status_code == 202
        assert (await upload(amazon, document["url"], b"broken")).status_code == 200
        await amazon.advance(60)
        assert await amazon.status(order_id) == "CANCELLED"

    async def test_ten_mebibytes_are_taken_and_a_byte_more_is_not(self, amazon: Amazon) -> None:
        document = await new_document(amazon)
        answer = await upload(amazon, document["url"], b" " * (LARGEST + 1))
        assert answer.status_code == 400
        assert "<Code>EntityTooLarge</Code>" in answer.text
        refused = await ask(amazon, "POST", FEEDS, specification(document["feedDocumentId"]))
        assert refused.status_code == 400
        contents = envelope(UNKNOWN)
        assert Report(await processed(amazon, contents + b" " * (LARGEST - len(contents)))).counts == (1, 0, 1, 0)

    async def test_a_document_that_is_not_there_is_told_like_one_of_a_storage(self, amazon: Amazon) -> None:
        document = await new_document(amazon)
        await amazon.sim("POST", "/reset", {})
        answer = await upload(amazon, document["url"], b"<a/>")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/xml")
        assert "<Code>NoSuchKey</Code>" in answer.text


class TestDownloading:
    async def test_a_small_report_comes_as_it_is(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, envelope(UNKNOWN))
        await amazon.advance(60)
        shown = await download_url(amazon, (await feed(amazon, feed_id))["resultFeedDocumentId"])
        assert set(shown) == {"feedDocumentId", "url"}
        answer = await amazon.http.get(shown["url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, XML)
        assert Report(answer.content).counts == (1, 0, 1, 0)

    async def test_a_flat_report_is_tab_separated_text(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, b"nonsense", FLAT)
        await amazon.advance(60)
        shown = await download_url(amazon, (await feed(amazon, feed_id))["resultFeedDocumentId"])
        assert (await amazon.http.get(shown["url"])).headers["content-type"] == TABS

    async def test_a_large_report_is_compressed(self, amazon: Amazon) -> None:
        shown = await download_url(amazon, await many_errors(amazon))
        assert shown["compressionAlgorithm"] == "GZIP"
        answer = await amazon.http.get(shown["url"])
        assert "content-encoding" not in answer.headers
        assert Report(gzip.decompress(answer.content)).counts == (100, 0, 100, 0)

    async def test_a_large_report_is_unpacked_by_http_clients_where_that_is_asked_for(self, amazon: Amazon) -> None:
        report_id = await many_errors(amazon)
        shown = await download_url(amazon, report_id, enableContentEncodingUrlHeader="true")
        answer = await amazon.http.get(shown["url"])
        assert answer.headers["content-encoding"] == "gzip"
        assert Report(answer.content).counts == (100, 0, 100, 0)
        refused = await ask(amazon, "GET", f"{DOCUMENTS}/{report_id}", enableContentEncodingUrlHeader="yes")
        assert refused.status_code == 400

    async def test_the_url_is_good_for_five_minutes_and_then_there_is_another(self, amazon: Amazon) -> None:
        report_id = await many_errors(amazon)
        shown = await download_url(amazon, report_id)
        await amazon.advance(300)
        assert (await amazon.http.get(shown["url"])).status_code == 403
        assert (await amazon.http.get((await download_url(amazon, report_id))["url"])).status_code == 200

    async def test_what_was_uploaded_can_be_downloaded(self, amazon: Amazon) -> None:
        document_id = await uploaded(amazon, b"\x00anything", TABS)
        answer = await amazon.http.get((await download_url(amazon, document_id))["url"])
        assert (answer.content, answer.headers["content-type"]) == (b"\x00anything", TABS)

    async def test_documents_without_contents_of_others_or_without_shape_are_not_given_out(
        self, amazon: Amazon
    ) -> None:
        document = await new_document(amazon)
        path = f"{DOCUMENTS}/{document['feedDocumentId']}"
        assert (await ask(amazon, "GET", path)).status_code == 404
        await upload(amazon, document["url"], b"<a/>")
        assert (await ask(amazon, "GET", path)).status_code == 200
        await amazon.log_in("other")
        assert (await ask(amazon, "GET", path)).status_code == 404
        assert (await ask(amazon, "GET", f"{DOCUMENTS}/badDocumentId1")).status_code == 400


def base(url: str) -> str:
    parts = urlsplit(url)
    assert parts.path.startswith("/_docs/") or "/_docs/" in parts.path
    return urlunsplit((parts.scheme, parts.netloc, parts.path.split("/_docs/")[0], "", ""))


async def given_out(client: httpx2.AsyncClient, **headers: str) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "c", "client_secret": "s"}
    token = (await client.post("/auth/o2/token", data=form)).json()["access_token"]
    sent = {"x-amz-access-token": token} | headers
    answer = await client.post(DOCUMENTS, json={"contentType": XML}, headers=sent)
    return str(answer.json()["url"])


class TestWhereDocumentsLie:
    async def test_urls_begin_with_the_address_that_is_served_and_work_there(self, world: World) -> None:
        async with serving(create_app(world), port=0) as served, httpx2.AsyncClient(base_url=served) as client:
            url = await given_out(client, host="27.0.0.1:1", **{"x-forwarded-host": "evil"})
            assert base(url) == served
            assert (await client.put(url, content=b"<a/>", headers={"content-type": XML})).status_code == 200

    @pytest.mark.parametrize("public_url", ["https://amazon.test", "https://amazon.test/", "http://[::1]:9/sim"])
    async def test_urls_begin_with_the_public_url_if_there_is_one(self, world: World, public_url: str) -> None:
        transport = httpx2.ASGITransport(app=create_app(world, public_url=public_url))
        async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as client:
            assert base(await given_out(client, host="elsewhere")) == public_url.rstrip("/")

    @pytest.mark.parametrize("address", ["http://inside", "http://inside:81", "http://[::1]:81"])
    async def test_urls_begin_with_the_address_that_was_asked_inside_a_process(
        self, world: World, address: str
    ) -> None:
        transport = httpx2.ASGITransport(app=create_app(world))
        async with httpx2.AsyncClient(transport=transport, base_url=address) as client:
            assert base(await given_out(client, host="elsewhere")) == address


class TestNoDocumentBreaksTheSimulator:
    @pytest.mark.parametrize("feed_type", [ACKNOWLEDGEMENT, FLAT])
    async def test_a_document_of_nothing_but_brackets_and_tabs(self, amazon: Amazon, feed_type: str) -> None:
        contents: dict[str, Any] = {ACKNOWLEDGEMENT: b"<" * 1_000_000, FLAT: b"\t" * 999_999 + b"x"}
        feed_id = await submit(amazon, contents[feed_type], feed_type)
        await amazon.advance(60)
        assert (await feed(amazon, feed_id))["processingStatus"] == "DONE"
