"""A connection that is kept, and the answers that come over it: what HTTP/1.1 needs, no more.

`http.client` reads headers as those of an e-mail, which cost the bench's customer more than all
its pages, on the two cores that the portal shares with it.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterable, Mapping

PIECE = 65_536
TIMEOUT = 60
END = b"\r\n\r\n"
WITHOUT_BODY = (204, 304)


class Headers:
    """Headers by name, whatever its case; nothing is said of what is not there."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(value)

    def __getitem__(self, name: str) -> str | None:
        return self._values.get(name.lower(), (None,))[0]

    def get_all(self, name: str) -> list[str]:
        """Every value of a header that may come more than once."""
        return self._values.get(name.lower(), [])


class Answer:
    """What was said to one request."""

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status, self.headers, self._body = status, headers, body

    def read(self) -> bytes:
        """The whole body."""
        return self._body


class Line:
    """One connection to the portal, opened with the first request and whenever it was closed."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._socket: socket.socket | None = None
        self._read = b""  # what came after the answer that is being read
        self._method = ""

    def request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> None:
        """Send a request."""
        sent = {"Host": f"{self.host}:{self.port}", "Accept-Encoding": "identity", **headers}
        if body is not None:
            sent["Content-Length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {sent[name]}" for name in sent)]
        head = "\r\n".join(lines).encode("latin-1") + END
        self._method = method
        self._open().sendall(head + body if body else head)

    def getresponse(self) -> Answer:
        """Read the answer to what was sent last.

        Raises:
            http.client.HTTPException: when it is none, or ends too early.
        """
        while END not in self._read:
            self._more()
        head, _, self._read = self._read.partition(END)
        said, *lines = head.decode("latin-1").split("\r\n")
        headers = Headers(_pair(line) for line in lines)
        try:
            status = int(said.split(" ", 2)[1])
        except (ValueError, IndexError):
            raise http.client.BadStatusLine(said) from None
        answer = Answer(status, headers, self._body(status, headers))
        if (headers["Connection"] or "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Leave; the next request begins anew."""
        if self._socket:
            self._socket.close()
        self._socket, self._read = None, b""

    def _open(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection((self.host, self.port), TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _body(self, status: int, headers: Headers) -> bytes:
        if self._method == "HEAD" or status in WITHOUT_BODY:
            return b""
        if length := headers["Content-Length"]:
            return self._take(int(length))
        if headers["Transfer-Encoding"] == "chunked":
            return b"".join(iter(self._chunk, b""))
        raise http.client.HTTPException("an answer whose end cannot be told")

    def _chunk(self) -> bytes:
        """The next piece of an answer whose length nobody knew; the last one is empty."""
        while b"\r\n" not in self._read:
            self._more()
        size, _, self._read = self._read.partition(b"\r\n")
        return self._take(int(size.partition(b";")[0], 16) + 2)[:-2]

    def _take(self, length: int) -> bytes:
        """So many of the bytes that come."""
        pieces, missing = [self._read], length - len(self._read)
        while missing > 0:
            self._read = b""
            self._more()
            pieces.append(self._read)
            missing -= len(self._read)
        all_of_them = b"".join(pieces)
        self._read = all_of_them[length:]
        return all_of_them[:length]

    def _more(self) -> None:
        piece = self._open().recv(PIECE)
        if not piece:
            self.close()
            raise http.client.RemoteDisconnected("the portal closed the connection")
        self._read += piece


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip()
