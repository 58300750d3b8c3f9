"""Where notifications go: an application's SQS queues and EventBridge buses."""

import re
from typing import Final

import msgspec

from simulator.orders.documents import Document

SQS_ARN: Final = re.compile(r"arn:aws:sqs:([a-z]{2,4}(?:-[a-z]+)+-\d):(\d{12}):([A-Za-z0-9_-]{1,80})", re.ASCII)
REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d", re.ASCII)
ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
EVENT_SOURCE: Final = "aws.partner/sellingpartnerapi.amazon.com"


class Destination(msgspec.Struct, kw_only=True):
    """A destination of one application: a standard SQS queue if it has an ARN, else an EventBridge bus."""

    destination_id: str
    client_id: str
    name: str
    arn: str | None = None
    account_id: str = ""
    region: str = ""

    @property
    def queue_key(self) -> str | None:
        """Account and name of the queue, as the queues are kept under."""
        found = SQS_ARN.fullmatch(self.arn or "")
        return f"{found[2]}/{found[3]}" if found else None

    def resource(self) -> Document:
        """Return what Amazon shows of the queue or the bus."""
        if self.arn is not None:
            return {"sqs": {"arn": self.arn}}
        source = f"{EVENT_SOURCE}/{self.account_id}/{self.client_id}"[:256]
        return {"eventBridge": {"name": source, "region": self.region, "accountId": self.account_id}}

    def show(self) -> Document:
        """Return the destination as Amazon's answers carry it."""
        return {"destinationId": self.destination_id, "name": self.name, "resource": self.resource()}
