"""The sockets that answers go out by."""

import socket
from collections.abc import Callable

import pytest

from api.serving import listening_at
from simulator.server import listening_at as listening_for_amazon


@pytest.mark.parametrize("listen", [listening_at, listening_for_amazon])
def test_answers_are_sent_without_waiting_for_an_acknowledgement(listen: Callable[[str, int], socket.socket]):
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
