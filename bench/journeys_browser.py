"""What a browser does for a customer of the bench: cookies, forms with their hidden values."""

from __future__ import annotations

import io
import json
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any

from bench.journeys_line import Answer, Line

HIDDEN = re.compile(
    r'<input type="hidden" name="(version|seen|csrfmiddlewaretoken|\w*text_version|\w+_text)"'
    r' value="([^"]*)"'
)
IN_PLACE = {"HX-Request": "true", "HX-Boosted": "true"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Fields = Mapping[str, Any]


class Broken(Exception):
    """The portal answered otherwise than a customer may expect; the message says where."""


class Browser:
    """One connection with its cookies, and the page that it shows."""

    def __init__(self, address: str, number: int) -> None:
        parts = urllib.parse.urlsplit(address)
        self.line = Line(parts.hostname or "", parts.port or 80)
        self.number = number  # of the customer; its address on the network is made of it
        self.cookies: dict[str, str] = {}
        self.wishes: dict[str, str] = {}  # headers that the page's script adds to its forms
        self.asked = 0
        self.page = self.path = ""

    def expect(self, path: str, *, longer: bool = False) -> None:
        """Raise Broken unless the present page has this address, or begins with it (`longer`)."""
        if not (self.path.startswith(path) if longer else self.path.partition("?")[0] == path):
            said = re.findall(r'class="err[^>]*>.*?<span>(.*?)</span>', self.page)
            raise Broken(f"{self.path} instead of {path}: {said[:3]}")

    def send(self, path: str, **fields: Any) -> None:
        """Post the form of the present page with its hidden values, and follow."""
        kind = {**FORM, **self.wishes}
        given = {**dict(HIDDEN.findall(self.page)), **fields}
        body = urllib.parse.urlencode(given, doseq=True)
        if "data-in-place" in self.page:
            self.send_in_place("POST", path, body, kind)
        else:
            self._ask("POST", path, body, kind)

    def send_in_place(self, method: str, path: str, body: str | bytes, headers: Fields) -> None:
        """Send as portal/in_place.js does: the next page comes, or an address to go to."""
        answer = self._once(method, path, body, {**headers, **IN_PLACE})
        if elsewhere := answer.headers["HX-Redirect"]:
            self.get(elsewhere)
        elif shown := answer.headers["HX-Push-Url"]:
            self.path = shown
        else:
            raise Broken(f"{answer.status} for {method} {path.partition('?')[0]} in place")

    def send_parts(self, path: str, fields: Fields, page: str) -> None:
        """Post fields and a photograph as a script of `page` does."""
        mark = "bench-boundary"
        body = io.BytesIO()
        for name, value in fields.items():
            file = '; filename="x.jpg"\r\nContent-Type: image/jpeg' if name == "photo" else ""
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            body.write(head.encode() + (value if isinstance(value, bytes) else value.encode()))
            body.write(b"\r\n")
        body.write(f"--{mark}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        self._ask("POST", path, body.getvalue(), kind | {"X-CSRFToken": token(page)})

    def keep(self, path: str, fields: Fields, headers: Fields) -> str:
        """Put what was answered so far, and return the mark of what is kept now."""
        answer = self._once("PUT", path, json.dumps(fields), headers)
        if answer.status != 204:
            raise Broken(f"{answer.status} for PUT {path.partition('?')[0]}")
        return str(answer.headers["ETag"])

    def get(self, path: str, *, expected: tuple[int, ...] = (200,)) -> None:
        """Ask for a page and follow."""
        self._ask("GET", path, "", {}, expected=expected)

    def _ask(
        self,
        method: str,
        path: str,
        body: str | bytes,
        headers: Fields,
        *,
        expected: tuple[int, ...] = (200,),
    ) -> None:
        """Ask, follow where it leads, and keep the page."""
        answer = self._once(method, path, body, headers)
        while answer.status in (302, 303):
            path = answer.headers["Location"] or ""
            answer = self._once("GET", path, "", {})
        if answer.status not in expected:
            raise Broken(f"{answer.status} for {method} {path.partition('?')[0]}")
        self.path = path

    def _once(self, method: str, path: str, body: str | bytes, headers: Fields) -> Answer:
        self.asked += 1
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        four = self.number.to_bytes(4)
        sent = {
            "Accept-Language": "zh-CN",
            "X-Forwarded-For": f"10.{four[1]}.{four[2]}.{four[3]}",
            "Referer": f"http://{self.line.host}:{self.line.port}{path}",
            **({"Cookie": cookies} if cookies else {}),
            **headers,
        }
        raw = body.encode() if isinstance(body, str) else body
        self.line.request(method, path, raw if method != "GET" else None, sent)
        answer = self.line.getresponse()
        self.page = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def token(page: str) -> str:
    """The token against forged requests that a page carries."""
    return found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page, "a token")


def found(form: str, text: str, what: str) -> str:
    """What stands in the group of a pattern.

    Raises:
        Broken: when it is not there.
    """
    match = re.search(form, text)
    if match is None:
        raise Broken(f"no {what} on the page")
    return match[1]
