"""gunicorn's thread worker, made patient: a client that sends slowly holds no thread.

The stock worker gives a connection to a thread as soon as its first byte is there; eight clients
that send one byte a second stop a portal of eight threads. Here the main loop, which holds
thousands of connections, collects the head and a small body first, and a thread sees the request
only when it is complete. A large body (an upload) does need a thread while it comes: such bodies
get half of the threads at most, wait for a place for a while and are told to come again after it;
and one that comes too slowly is cut. Each limit counts for one worker process.
"""

from __future__ import annotations

import contextlib
import errno
import re
import selectors
import socket
import struct
import time
from collections import deque
from functools import partial
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 15.0  # for the head
BODY_SECONDS = 30.0  # for head and small body
SLOT_SECONDS = 10.0  # a large body waits for a place among the threads
HEAD_MOST = 64 * 1024
BODY_MOST = 256 * 1024  # collected before a thread sees it; larger ones are streamed
GRACE_SECONDS = 10.0  # a large body has this, and then
BYTES_A_SECOND = 8 * 1024  # must have come at this rate on average (64 kbit/s)
SEND_SECONDS = 30  # an answer of which nobody takes a byte for so long
LINGER = 2.0  # a stopping worker waits so long for those who have not sent a byte
END_OF_HEAD = b"\r\n\r\n"
ANSWER = (b"HTTP/1.1 2", b"HTTP/1.1 3", b"HTTP/1.1 4", b"HTTP/1.1 5")  # not "100 Continue"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n")
STREAMED = re.compile(rb"\r\n(?:transfer-encoding|expect|upgrade):")
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class Waiting:
    """A connection before its request is complete: what came, and until when it may take.

    `watched`: the main loop is told when more comes.
    """

    def __init__(self, now: float) -> None:
        self.data = bytearray()
        self.since = now
        self.deadline = now + HEAD_SECONDS
        self.watched = False

    def verdict(self) -> str:
        """`more`: bytes are missing; `ready`: a thread may serve it; `large`: it must stream."""
        end = self.data.find(END_OF_HEAD)
        if end < 0:
            return "ready" if len(self.data) > HEAD_MOST else "more"  # the parser refuses it
        head = bytes(self.data[: end + 2]).lower()
        if STREAMED.search(head):
            return "large"
        found = LENGTH.search(head)
        length = int(found[1]) if found else 0
        if len(self.data) >= end + len(END_OF_HEAD) + length:
            return "ready"
        if length > BODY_MOST:
            return "large"
        self.deadline = self.since + BODY_SECONDS
        return "more"


class Paced:
    """A socket whose bytes must come at a rate; who stops in the middle holds no thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._began, self._received = sock, time.monotonic(), 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv(self, size: int) -> bytes:
        usual = self._sock.gettimeout()
        allowed = GRACE_SECONDS + self._received / BYTES_A_SECOND
        left = self._began + allowed - time.monotonic()
        if left <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "the body comes too slowly")
        try:
            self._sock.settimeout(left if usual is None else min(left, usual))
            data = self._sock.recv(size)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the body comes too slowly") from None
        finally:
            self._sock.settimeout(usual)
        self._received += len(data)
        return data


class Joined:
    """A socket to answer on: the head goes out with the first bytes of the body, in one packet."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._head = sock, b""

    def __getattr__(self, name: str) -> Any:
        self.flush()  # whoever sends in another way comes after the head
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        if data.endswith(END_OF_HEAD) and data.startswith(ANSWER) and not self._head:
            self._head = data
            return
        head, self._head = self._head, b""
        self._sock.sendall(head + data if head else data)

    def flush(self) -> None:
        """Send the head of an answer that has no body."""
        head, self._head = self._head, b""
        if head:
            self._sock.sendall(head)


class SilentAccess(Logger):
    """gunicorn's own log without the line for each request, which the application writes."""

    access_log_enabled = False


class PatientWorker(ThreadWorker):
    """See the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[TConn, Waiting] = {}
        self.complete: dict[TConn, bytes] = {}
        self.streaming: set[TConn] = set()
        self.queue: deque[tuple[float, TConn, bytes]] = deque()
        self.slots = max(1, self.cfg.threads // 2)

    # --- the main loop ------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(SEND_SECONDS))
        self.nr_conns += 1
        self._collect(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """A kept-alive connection sends its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._collect(conn)

    def murder_pending(self) -> None:
        """End what took too long; called about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, waiting in list(self.waiting.items()):
            if not self.alive and not waiting.data:
                waiting.deadline = min(waiting.deadline, now + LINGER)
            if now >= waiting.deadline:
                self._drop(conn, TOO_SLOW if waiting.data else b"")
        while self.queue and now >= self.queue[0][0]:
            _deadline, conn, _data = self.queue.popleft()
            self._end(conn, BUSY)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        self.streaming.discard(conn)
        super().finish_request(conn, fs)
        self._admit()

    def _collect(self, conn: TConn) -> None:
        """Take what is here; nearly always that is the whole request."""
        conn.sock.setblocking(False)
        self.waiting[conn] = Waiting(time.monotonic())
        self._on_bytes(conn, conn.sock)

    def _on_bytes(self, conn: TConn, client: socket.socket) -> None:
        waiting = self.waiting[conn]
        try:
            data = client.recv(64 * 1024)
        except (BlockingIOError, InterruptedError):
            self._watch(conn, waiting)
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn, b"")
            return
        waiting.data += data
        verdict = waiting.verdict()
        if verdict == "more":
            self._watch(conn, waiting)
            return
        self._leave(conn)
        if verdict == "large":
            until = time.monotonic() + SLOT_SECONDS
            self.queue.append((until, conn, bytes(waiting.data)))
            self._admit()
        else:
            self._serve(conn, bytes(waiting.data))

    def _admit(self) -> None:
        """Give free places to large bodies, in the order in which they came."""
        while self.queue and len(self.streaming) < self.slots:
            _deadline, conn, data = self.queue.popleft()
            self.streaming.add(conn)
            self._serve(conn, data)

    def _serve(self, conn: TConn, data: bytes) -> None:
        self.complete[conn] = data
        self.enqueue_req(conn)

    def _watch(self, conn: TConn, waiting: Waiting) -> None:
        if not waiting.watched:
            waiting.watched = True
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_bytes, conn))

    def _leave(self, conn: TConn) -> None:
        if self.waiting.pop(conn).watched:
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn, last_words: bytes) -> None:
        self._leave(conn)
        self._end(conn, last_words)

    def _end(self, conn: TConn, last_words: bytes) -> None:
        self.nr_conns -= 1
        if last_words:
            with contextlib.suppress(OSError):
                conn.sock.send(last_words)  # it fits the socket's buffer, or is lost
        conn.close()

    # --- in a thread --------------------------------------------------------------------------

    def handle(self, conn: TConn) -> Any:
        """Serve one request of which head and small body are here."""
        conn.data_ready = True
        conn.sock.setblocking(True)
        conn.init()
        conn.parser.unreader.sock = Paced(conn.sock)
        if data := self.complete.pop(conn, b""):
            conn.parser.unreader.unread(data)
        sock, conn.sock = conn.sock, Joined(conn.sock)
        try:
            return super().handle(conn)
        finally:
            conn.sock.flush()
            conn.sock = sock


def _timeval(seconds: int) -> bytes:
    return struct.pack("ll", seconds, 0)
