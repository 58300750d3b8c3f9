"""Sending a message to a webhook: signed, without following anybody anywhere."""

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from domain.outward.deliveries import Message


class NotTaken(Exception):
    """The address did not take a message; `status_code` is its answer, None if there was none."""

    def __init__(self, reason: str, status_code: int | None = None) -> None:
        super().__init__(reason)
        self.status_code = status_code


@dataclass(frozen=True)
class WebhookSender:
    """Sends messages as Standard Webhooks asks (standardwebhooks.com); `wall` is the time of day that is signed."""

    http: httpx2.AsyncClient
    wall: Callable[[], datetime]
    patience: float = 10.0  # seconds

    async def send(self, message: Message) -> int:
        """Post a message and return the status of the answer, a success. Raises NotTaken."""
        headers = signed(message, at=int(self.wall().timestamp()))
        try:
            async with (
                asyncio.timeout(self.patience),
                self.http.stream(
                    "POST", message.url, content=message.body, headers=headers, follow_redirects=False
                ) as answer,
            ):
                status = answer.status_code
        except TimeoutError:
            raise NotTaken(f"no answer within {self.patience:.0f} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NotTaken(f"cannot be reached ({type(error).__name__})") from None
        if not 200 <= status < 300:
            raise NotTaken(f"answered {status}", status)
        return status


def signed(message: Message, *, at: int) -> dict[str, str]:
    """Return the headers of a message sent at a time, in seconds since 1970."""
    content = f"{message.message_id}.{at}.".encode() + message.body
    signature = b64encode(hmac.digest(message.secret, content, "sha256")).decode()
    return {
        "content-type": "application/json",
        "user-agent": "Orderlane",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
        "orderlane-delivery": f"dlv_{message.delivery_id}_{message.attempt}",
    }
