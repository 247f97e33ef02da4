"""HTTP calls that end in time: the limit holds for the call as a whole.

The timeout of a socket holds for each wait alone, so a server that sends a byte now and then keeps its caller as long
as it likes. Here every wait has what is left of the call. Only the look-up of a host name is outside, since the system
gives no time limit for it.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.request
from typing import Any


class Deadline:
    """The instant by which a call has to be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left; raises ``TimeoutError`` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def timed_opener(seconds: float) -> urllib.request.OpenerDirector:
    """Opens one URL, whose answer, redirections included, is over so many seconds from now."""
    deadline = Deadline(seconds)

    class Reply(http.client.HTTPResponse):
        """Reads status, headers and body in time."""

        def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
            super().__init__(sock, *args, **named)
            self.fp = io.BufferedReader(_InTime(sock, self.fp.detach(), deadline))

    class Connection(http.client.HTTPConnection):
        """Connects and asks in time."""

        response_class = Reply

        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._create_connection = self._dial

        def _dial(self, at: tuple[str, int], *_: object) -> socket.socket:
            return _connected(at, deadline)

        def send(self, data: Any) -> None:
            if self.sock is not None:
                self.sock.settimeout(deadline.left())
            super().send(data)

    class SecureConnection(http.client.HTTPSConnection, Connection):
        """The same over TLS, whose handshake has the time that was left when the connection stood."""

        response_class = Reply

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Connection, req)

    class Secure(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req)

    return urllib.request.build_opener(Plain, Secure)


def _connected(at: tuple[str, int], deadline: Deadline) -> socket.socket:
    """A connection to the first address of a host that takes one; all of them share the time."""
    failure: OSError = OSError(f"no address of {at[0]}")
    for family, kind, protocol, _, address in socket.getaddrinfo(*at, 0, socket.SOCK_STREAM):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(deadline.left())
            made.connect(address)
            made.settimeout(deadline.left())
        except OSError as problem:
            made.close()
            failure = problem
        else:
            return made
    raise failure


class _InTime(io.RawIOBase):
    """The bytes of a socket, each wait for them no longer than what is left."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, deadline: Deadline) -> None:
        self._sock = sock
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        """They can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there, or wait for it."""
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()
