"""The sockets that answers go out by."""

import errno
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


@pytest.mark.parametrize("listen", [listening_at, listening_for_amazon])
@pytest.mark.parametrize("host", ["192.0.2.1", "a..b"])
def test_a_host_that_is_not_here_is_told_by_its_flag_and_once(listen: Callable[[str, int], socket.socket], host: str):
    with pytest.raises(OSError, match=r"^\[Errno -?\d+\] cannot listen on .*; choose another --host$") as refused:
        listen(host, 0)
    assert str(refused.value).count(host) == 1


@pytest.mark.parametrize("listen", [listening_at, listening_for_amazon])
@pytest.mark.parametrize(
    ("cause", "flag"),
    [
        (errno.EADDRINUSE, "--port"),
        (errno.EACCES, "--port"),
        (errno.EADDRNOTAVAIL, "--host"),
        (socket.EAI_NONAME, "--host"),
    ],
)
def test_the_cause_tells_which_flag_is_wrong(
    listen: Callable[[str, int], socket.socket], cause: int, flag: str, monkeypatch: pytest.MonkeyPatch
):
    def refuse(address: tuple[str, int], **given: object) -> None:
        raise OSError(cause, f"Not here (while attempting to bind on address {address!r})")

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1:80 \(Not here\); choose another {flag}$"):
        listen("127.0.0.1", 80)
