import hashlib
import json
from typing import Any
from xml.etree.ElementTree import Element

import httpx2
import pytest
from defusedxml.ElementTree import fromstring

from simulator.app import create_app
from tests.simulator.notifications.listening import ARN, QUEUE, Listener

SPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"


async def full(listener: Listener, count: int) -> None:
    """Let so many messages lie in the queue."""
    await listener.subscribe()
    await listener.place(count=count, fulfillmentStatus="CANCELLED")
    await listener.advance(5)


def refused(answer: httpx2.Response) -> tuple[int, str, str]:
    kind = answer.json()["__type"].removeprefix("com.amazonaws.sqs#")
    return answer.status_code, kind, answer.headers["x-amzn-query-error"]


class TestReceiving:
    async def test_a_message_hides_and_comes_again_until_it_is_deleted(self, listener: Listener) -> None:
        await full(listener, 1)
        [first] = await listener.received(AttributeNames=["All"])
        assert await listener.received() == []
        await listener.advance(29.999)
        assert await listener.received() == []
        await listener.advance(0.001)

        [second] = await listener.received(MessageSystemAttributeNames=["ApproximateReceiveCount"])

        assert (first["MessageId"], first["Body"]) == (second["MessageId"], second["Body"])
        assert first["MD5OfBody"] == hashlib.md5(first["Body"].encode()).hexdigest()
        assert first["Attributes"]["ApproximateReceiveCount"] == "1"
        assert second["Attributes"] == {"ApproximateReceiveCount": "2"}
        await listener.sqs("DeleteMessage", QueueUrl=QUEUE, ReceiptHandle=second["ReceiptHandle"])
        await listener.advance(60)
        assert await listener.received() == []

    async def test_a_handle_of_an_earlier_time_deletes_nothing(self, listener: Listener) -> None:
        await full(listener, 1)
        [first] = await listener.received()
        await listener.advance(30)
        await listener.received()
        answer = await listener.sqs("DeleteMessage", QueueUrl=QUEUE, ReceiptHandle=first["ReceiptHandle"])
        assert (answer.status_code, answer.content) == (200, b"")
        await listener.advance(30)
        assert len(await listener.received()) == 1

    async def test_as_many_come_as_are_asked_for(self, listener: Listener) -> None:
        await full(listener, 25)
        sizes = [len(await listener.received(MaxNumberOfMessages=most)) for most in (1, 10, 10, 10)]
        assert sizes == [1, 10, 10, 4]

    async def test_the_visibility_of_one_can_be_changed(self, listener: Listener) -> None:
        await full(listener, 1)
        [message] = await listener.received(VisibilityTimeout=600)
        change = {"QueueUrl": QUEUE, "ReceiptHandle": message["ReceiptHandle"]}

        await listener.sqs("ChangeMessageVisibility", **change, VisibilityTimeout=60)
        await listener.advance(59)
        assert await listener.received() == []
        await listener.sqs("ChangeMessageVisibility", **change, VisibilityTimeout=0)
        assert len(await listener.received(VisibilityTimeout=0)) == 1
        late = await listener.sqs("ChangeMessageVisibility", **change, VisibilityTimeout=5)
        assert refused(late)[:2] == (400, "MessageNotInflight")

    async def test_messages_are_forgotten_after_four_days(self, listener: Listener) -> None:
        await full(listener, 1)
        await listener.advance(4 * 86_400)
        assert await listener.received() == []

    async def test_a_long_poll_waits_in_real_time_for_the_first_message(self, listener: Listener) -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 5:
                listener.world.clock.advance(5)

        transport = httpx2.ASGITransport(app=create_app(listener.world, sleep=sleep))
        await listener.subscribe()
        await listener.place(fulfillmentStatus="CANCELLED")
        async with httpx2.AsyncClient(transport=transport, base_url="http://simulator") as client:
            listener.http, kept = client, listener.http
            found = await listener.received(WaitTimeSeconds=20)
            waited = len(slept)
            none = await listener.received(WaitTimeSeconds=2)
            listener.http = kept

        assert (len(found), waited, none) == (1, 5, [])
        assert sum(slept[5:]) == pytest.approx(2)


class TestQueues:
    async def test_a_queue_comes_with_its_destination(self, listener: Listener) -> None:
        await listener.destination()

        url = (await listener.sqs("GetQueueUrl", QueueName="orders")).json()["QueueUrl"]
        attributes = (await listener.sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])).json()

        assert url.endswith("/_sqs/123456789012/orders")
        assert attributes["Attributes"]["QueueArn"] == ARN
        assert attributes["Attributes"]["VisibilityTimeout"] == "30"
        assert (await listener.sqs("ListQueues")).json() == {"QueueUrls": [url]}
        [shown] = (await listener.sim("GET", "/notifications")).json()["queues"]
        assert shown == {"arn": ARN, "url": url, "visible": 0, "hidden": 0}

    async def test_one_that_is_created_first_can_be_a_destination(self, listener: Listener) -> None:
        given = {"QueueName": "mine", "Attributes": {"VisibilityTimeout": "5", "Policy": "{}"}}
        url = (await listener.sqs("CreateQueue", **given)).json()["QueueUrl"]
        asked = {"QueueUrl": url, "AttributeNames": ["QueueArn", "VisibilityTimeout"]}
        attributes = (await listener.sqs("GetQueueAttributes", **asked)).json()["Attributes"]
        assert attributes["VisibilityTimeout"] == "5"
        await listener.subscribe(await listener.destination(attributes["QueueArn"]))
        await listener.place()
        await listener.advance(5)

        assert len(await listener.received(url)) == 1
        await listener.advance(5)
        assert len(await listener.received(url)) == 1
        again = await listener.sqs("CreateQueue", QueueName="mine", Attributes={"VisibilityTimeout": "6"})
        assert refused(again)[:2] == (400, "QueueNameExists")

    async def test_counts_tell_what_is_visible_and_what_is_hidden(self, listener: Listener) -> None:
        await full(listener, 3)
        await listener.received(MaxNumberOfMessages=1)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await listener.sqs("GetQueueAttributes", QueueUrl=QUEUE, AttributeNames=names)
        assert answer.json()["Attributes"] == dict(zip(names, ("2", "1"), strict=True))

    async def test_a_purge_empties_and_comes_once_a_minute(self, listener: Listener) -> None:
        await full(listener, 3)
        assert (await listener.sqs("PurgeQueue", QueueUrl=QUEUE)).status_code == 200
        assert await listener.received() == []
        again = await listener.sqs("PurgeQueue", QueueUrl=QUEUE)
        assert refused(again)[2] == "AWS.SimpleQueueService.PurgeQueueInProgress;Sender"

    async def test_several_are_deleted_at_once(self, listener: Listener) -> None:
        await full(listener, 2)
        handles = [each["ReceiptHandle"] for each in await listener.received()]
        entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate([*handles, "nix"])]
        answer = (await listener.sqs("DeleteMessageBatch", QueueUrl=QUEUE, Entries=entries)).json()
        assert answer["Successful"] == [{"Id": "0"}, {"Id": "1"}]
        assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [("2", "ReceiptHandleIsInvalid")]
        await listener.advance(60)
        assert await listener.received() == []

    @pytest.mark.parametrize(
        ("action", "given", "kind"),
        [
            ("ReceiveMessage", {"QueueUrl": "x"}, "QueueDoesNotExist"),
            ("ReceiveMessage", {"QueueUrl": QUEUE, "MaxNumberOfMessages": 11}, "InvalidParameterValue"),
            ("ReceiveMessage", {"QueueUrl": QUEUE, "WaitTimeSeconds": 21}, "InvalidParameterValue"),
            ("ReceiveMessage", {}, "InvalidParameterValue"),
            ("DeleteMessage", {"QueueUrl": QUEUE, "ReceiptHandle": "x"}, "ReceiptHandleIsInvalid"),
            ("DeleteMessageBatch", {"QueueUrl": QUEUE, "Entries": []}, "EmptyBatchRequest"),
            ("DeleteMessageBatch", {"QueueUrl": QUEUE, "Entries": "x"}, "InvalidParameterValue"),
            ("GetQueueUrl", {"QueueName": "nix"}, "QueueDoesNotExist"),
            ("GetQueueAttributes", {"QueueUrl": QUEUE, "AttributeNames": ["Nix"]}, "InvalidAttributeName"),
            ("CreateQueue", {"QueueName": "a b"}, "InvalidParameterValue"),
            ("CreateQueue", {"QueueName": "a", "Attributes": {"VisibilityTimeout": "-1"}}, "InvalidAttributeValue"),
            ("CreateQueue", {"QueueName": "a", "Attributes": {"Nix": "1"}}, "InvalidAttributeName"),
            ("SendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"}, "UnsupportedOperation"),
        ],
    )
    async def test_a_wrong_request_is_refused_in_the_words_of_sqs(
        self, listener: Listener, action: str, given: Any, kind: str
    ) -> None:
        await listener.destination()
        assert refused(await listener.sqs(action, **given))[:2] == (400, kind)

    async def test_a_handle_of_another_queue_is_refused(self, listener: Listener) -> None:
        await full(listener, 1)
        [message] = await listener.received()
        await listener.sqs("CreateQueue", QueueName="mine")
        given = {"QueueUrl": "/000000000000/mine", "ReceiptHandle": message["ReceiptHandle"]}
        assert refused(await listener.sqs("DeleteMessage", **given))[1] == "ReceiptHandleIsInvalid"


class TestTheOlderProtocol:
    async def query(self, listener: Listener, path: str = "/_sqs", **given: str) -> tuple[int, Element]:
        answer = await listener.http.post(path, data=given)
        assert answer.headers["content-type"].startswith("text/xml")
        root = fromstring(answer.content)
        [request_id] = root.iter(f"{SPACE}RequestId")
        assert request_id.text == answer.headers["x-amzn-requestid"]
        return answer.status_code, root

    async def test_messages_are_received_and_deleted(self, listener: Listener) -> None:
        await full(listener, 2)
        path = "/_sqs/123456789012/orders"
        given = {"Action": "ReceiveMessage", "MaxNumberOfMessages": "10", "AttributeName.1": "All"}
        _, received = await self.query(listener, path, **given)
        messages = list(received.iter(f"{SPACE}Message"))
        body = messages[0].findtext(f"{SPACE}Body") or ""
        assert json.loads(body)["NotificationType"] == "ORDER_CHANGE"
        assert messages[0].findtext(f"{SPACE}MD5OfBody") == hashlib.md5(body.encode()).hexdigest()
        attributes = {each[0].text: each[1].text for each in messages[0].iter(f"{SPACE}Attribute")}
        assert attributes["ApproximateReceiveCount"] == "1"

        entries = {
            f"DeleteMessageBatchRequestEntry.{number}.{name}": value or ""
            for number, message in enumerate(messages, start=1)
            for name, value in (("Id", str(number)), ("ReceiptHandle", message.findtext(f"{SPACE}ReceiptHandle")))
        }
        status, deleted = await self.query(listener, Action="DeleteMessageBatch", QueueUrl=QUEUE, **entries)
        assert (status, len(list(deleted.iter(f"{SPACE}DeleteMessageBatchResultEntry")))) == (200, 2)
        await listener.advance(60)
        assert await listener.received() == []

    async def test_a_refusal_has_its_older_word(self, listener: Listener) -> None:
        status, refusal = await self.query(listener, Action="GetQueueUrl", QueueName="nix")
        assert status == 400
        assert refusal.findtext(f"{SPACE}Error/{SPACE}Code") == "AWS.SimpleQueueService.NonExistentQueue"
