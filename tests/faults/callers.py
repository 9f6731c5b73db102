"""Callers over real HTTP: a customer with a browser's cookies, a partner's program with a token.

Every request has a connection of its own and never retries by itself; what went wrong on the way
comes as a `Cut`, so that a test says what a client may rely on.
"""

from __future__ import annotations

import base64
import html
import http.client
import itertools
import json
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_networks = itertools.count(1)
T = TypeVar("T")


class Cut(Exception):
    """No answer came: refused, reset, or nothing within the time."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """Asks one portal, from a loopback network of its own, so that limits count it alone."""

    port: int
    timeout: float = 20
    address: str = field(default_factory=lambda: f"127.0.{next(_networks) % 250 + 1}.1")
    cookies: dict[str, str] = field(default_factory=dict)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=self.timeout, source_address=(self.address, 0)
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        sent: Callable[[socket.socket], None] | None = None,
    ) -> Answer:
        """One request; `sent` is called with the socket when its last byte has left.

        Raises:
            Cut: when no whole answer came.
        """
        connection = self.connect()
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {"Host": "localhost", "Accept-Language": "zh-CN", "Connection": "close"}
        more |= ({"Cookie": jar} if jar else {}) | (headers or {})
        try:
            connection.request(method, path, body=body, headers=more)
            if sent:
                sent(connection.sock)
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
            for value in response.headers.get_all("Set-Cookie") or []:
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.split(";", 1)[0]
            return answer
        except (OSError, http.client.HTTPException) as error:
            raise Cut(type(error).__name__) from error
        finally:
            connection.close()


class Visitor(Caller):
    """A customer at a browser without scripts."""

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def form(self, path: str, **values: str) -> bytes:
        """The body that the page at `path` would send with `values` filled in."""
        page = self.get(path)
        assert page.status == 200, (path, page.status, page.headers.get("Location"))
        return self.fill(page, **values)

    def fill(self, page: Answer, **values: str) -> bytes:
        """The body that `page` would send with `values` filled in."""
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
        return urlencode(hidden | values).encode()

    def post(self, path: str, body: bytes, **options: Any) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, headers=headers, body=body, **options)

    def send(self, path: str, **values: str) -> str:
        """Fill in the form at `path`, send it, and say where it leads."""
        answer = self.post(path, self.form(path, **values))
        assert answer.status == 302, (path, answer.status, answer.text[:3000])
        return urlsplit(answer.headers["Location"]).path

    def sign_up(self, phone: str) -> Visitor:
        """Come in by phone; the code lies in the sandbox's outbox."""
        where = self.send("/login/", phone=phone)
        codes = re.findall(r"(?<!\d)\d{6}(?!\d)", self._sent_to(phone))
        self.send(where, code=codes[0])
        assert "sessionid" in self.cookies
        return self

    def begin(self) -> str:
        """Begin an application; its address."""
        return self.send("/open/")

    def _sent_to(self, phone: str) -> str:
        ends = phone[-4:]
        cards = self.get("/sandbox/outbox/").text.split("data-outbox")
        return next(card for card in cards if re.search(rf"<h2><bdi>[^<]*{ends}", card))


class Program(Caller):
    """A partner's program with a token."""

    token = ""

    def sign_in(self, client_id: str, client_secret: str) -> Program:
        pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {pair}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = self.ask(
            "POST", "/api/v1/oauth/token", headers=headers, body=b"grant_type=client_credentials"
        )
        assert answer.status == 200, answer.text
        self.token = answer.json["access_token"]
        return self

    def get(self, path: str) -> Answer:
        return self.ask(
            "GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.token}"}
        )

    def make_entry(self, reference: str, *, key: str = "", **options: Any) -> Answer:
        """POST /entries; the key is the reference unless another is given."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key or f"key-{reference}",
        }
        body = json.dumps({"partner_reference": reference}).encode()
        return self.ask("POST", "/api/v1/entries", headers=headers, body=body, **options)


def until(look: Callable[[], T], *, within: float, what: str, pause: float = 0.05) -> T:
    """Look again and again until the answer is true; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        if found := look():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within} s")
        time.sleep(pause)


def insist(act: Callable[[], Answer], *, within: float, good: int) -> tuple[Answer, float]:
    """Do as a client does after a cut: the same again, until the answer has status `good`.

    Returns:
        The answer, and how many seconds it took.
    """
    began = time.monotonic()
    last: object = None
    while time.monotonic() < began + within:
        try:
            answer = act()
        except Cut as cut:
            last = cut
        else:
            if answer.status == good:
                return answer, time.monotonic() - began
            last = (answer.status, answer.text[:500])
        time.sleep(0.05)
    raise AssertionError(f"no {good} within {within} s; last: {last!r}")
