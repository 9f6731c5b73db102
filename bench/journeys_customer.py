"""One customer after the other opens an account over HTTP, as a browser would, without thinking.

Codes by SMS are read in the sandbox's database, as a person reads them on a telephone. What is
timed is an action: a form that is sent, until the page that it leads to has come.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import itertools
import json
import os
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HIDDEN = re.compile(
    r'<input type="hidden" name="(version|seen|csrfmiddlewaretoken|\w*text_version|\w+_text)"'
    r' value="([^"]*)"'
)
CLIP = Path(__file__).parents[1] / "brokerage" / "demo" / "data" / "chapter.webm"
SEGMENT = b"\x18\x53\x80\x67"
CHAPTER_BYTES = 400_000  # eight seconds at the bit rate of accounts/recorder.js
PORTRAITS = 4  # drawn once for each driver
PAPER = (("bonds", "shares"), ("fixed_income", "equity"), ("from_31",), ("yes",))
PROFILE = {
    "occupation": "2",
    "income": "from_100k",
    "assets": "from_100k",
    "industry_staff": "no",
    "bad_faith": "no",
    "controls": "yes",
    "benefits": "self",
}
PINS = {"trading": "284736", "fund": "591627"}
CONSENTS = ("opening_notice", "identity_document", "face")
Fields = Mapping[str, Any]


class Broken(Exception):
    """The portal answered otherwise than a customer may expect; the message says where."""


@dataclass(frozen=True)
class Sample:
    """One action of a customer."""

    step: str
    milliseconds: float
    requests: int


@dataclass
class Part:
    """What one driver saw."""

    samples: list[Sample] = field(default_factory=list)
    journeys: float = 0.0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    cpu: float = 0.0


def drive(
    address: str,
    environment: dict[str, str],
    customers: int,
    seconds: float,
    level: int,
    place: int,
    queue: Any,
    most: int = 1_000_000,
) -> None:
    """Send customers until the time is over or each has opened `most` accounts.

    In a process of its own, with Django for the codes.
    """
    os.environ.update(environment)
    import django

    django.setup()
    photos, part = _photos(), Part()
    numbers = itertools.count((level * 2 + place) * 100_000 + 1)
    begun, cpu = time.monotonic(), time.process_time()

    def one_after_the_other() -> None:
        from django.db import connection

        for _ in range(most):
            if time.monotonic() >= begun + seconds:
                break
            customer = Customer(address, next(numbers), photos, begun + seconds)
            try:
                customer.open_an_account()
            except (Broken, OSError, http.client.HTTPException) as error:
                part.failed += 1
                part.problems.append(f"{customer.step}: {error!r}")
            part.samples += customer.samples
            part.journeys += customer.share()
        connection.close()

    threads = [threading.Thread(target=one_after_the_other) for _ in range(customers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    part.cpu = time.process_time() - cpu
    queue.put(part)


class OutOfTime(Exception):
    """The measurement is over; what was begun counts by its share."""


class Customer:
    """One person with a telephone, a card and a browser."""

    def __init__(self, address: str, number: int, photos: Fields, until: float) -> None:
        parts = urllib.parse.urlsplit(address)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.number, self.photos, self.until = number, photos, until
        self.phone = f"139{number:08d}" if number % 10_000 < 9_900 else f"137{number:08d}"
        self.cookies: dict[str, str] = {}
        self.samples: list[Sample] = []
        self.asked, self.step, self.done = 0, "", 0
        self.page = self.path = ""

    def share(self) -> float:
        """How much of a journey was done, by its actions."""
        return min(1.0, self.done / ACTIONS) if self.step != "send" else 1.0

    def open_an_account(self) -> None:
        """Every step, in the order of the portal; stops where the measurement is over."""
        try:
            self._sign_up()
            self._answer()
            self._film()
            self._sign()
            self._finish()
        except OutOfTime:
            pass
        finally:
            self.line.close()

    # --- the steps ------------------------------------------------------------------------

    def _sign_up(self) -> None:
        with self._timed("sign up"):
            self._get("/login/?next=/open/")
        with self._timed("sign up"):
            self._send("/login/?next=/open/", phone=self.phone, next="/open/")
        with self._timed("sign up"):
            self._send(self.path, code=self._code())
        self._expect("/open/")
        with self._timed("begin"):
            self._send("/open/")
        self.home = self.path
        self._expect("/open/", longer=True)

    def _answer(self) -> None:
        with self._timed("consents"):
            self._get(f"{self.home}consents/")
        with self._timed("consents"):
            self._send(self.path, **dict.fromkeys(CONSENTS, "on"))
        self._expect(f"{self.home}identity/")
        self._document()
        for step, values in (
            ("profile", PROFILE),
            ("tax", {"residence": "china", "declares": "on"}),
        ):
            self._expect(f"{self.home}{step}/")
            with self._timed(step):
                self._send(self.path, **values)
        self._paper()
        self._expect(self.home)
        with self._timed("all steps"):
            self._get(f"{self.home}outlet/")
        with self._timed("outlet"):
            outlet = re.findall(r'<option value="([0-9a-f-]{36})"', self.page)
            self._send(self.path, outlet=outlet[self.number % len(outlet)], markets=["SH", "SZ"])

    def _document(self) -> None:
        person, version = person_of(self.number), "0"
        kept = self.page
        for side in ("front", "back"):
            with self._timed("photo"):
                body = {"version": version, "photo": self.photos[side]}
                self._send_parts(f"{self.home}photos/{side}/", body, kept)
            version = (re.findall(r'data-version="(\d+)"', self.page) or [version])[0]
            with self._timed("photo, asking"):
                self._get(f"{self.home}photos/{side}/?version={version}", expected=(204, 200))
        self.page, self.path = kept, f"{self.home}identity/"
        with self._timed("identity"):
            self._send(
                self.path,
                **person,
                **{"version": version, "id_valid_from": "2015-06-01", "id_valid_to": "2035-06-01"},
            )

    def _paper(self) -> None:
        self._expect("/suitability/", longer=True)
        with self._timed("paper"):
            self._send(self.path)
        while "/check/" not in self.path:
            with self._timed("paper, a question"):
                self._send(self.path, answer=_choice(self.page))
        with self._timed("paper"):
            self._send(self.path)  # finish
        with self._timed("paper"):
            self._send(self.path)  # read and confirmed

    def _film(self) -> None:
        self._expect(f"{self.home}video/")
        with self._timed("video"):
            self._send(self.path)
        while "recorder-note" in self.page:
            kept, path = self.page, self.path
            address = _found(r'id="recorder"[^>]* action="([^"]+)"', kept, "a chapter")
            with self._timed("video, a chapter"):
                ref = self._upload(self.photos["clip"], kept)
                self.page, self.path = kept, path
                self._send(address, file=ref)

    def _upload(self, content: bytes, page: str) -> str:
        owner = self.home.split("/")[2]
        given = {"purpose": "accounts.recording", "owner": owner, "size": str(len(content))}
        token = {"X-CSRFToken": _token(page)}
        state = self._json("POST", "/files/uploads/", urllib.parse.urlencode(given), token)
        self._json("GET", state["upload"], "", token)
        size, parts = state["part_most"], 0
        for parts, begin in enumerate(range(0, len(content), size), start=1):
            piece = content[begin : begin + size]
            self._json("PUT", f"{state['upload']}{parts - 1}/", piece, token)
        end = {"parts": str(parts), "sha256": hashlib.sha256(content).hexdigest()}
        return str(self._json("POST", state["finish"], urllib.parse.urlencode(end), token)["file"])

    def _sign(self) -> None:
        self._expect(f"{self.home}agreements/")
        with self._timed("agreements"):
            self._send(self.path, act="begin")
        while self.path != f"{self.home}agreements/":
            with self._timed("agreements, a text"):
                self._send(self.path)
        with self._timed("agreements"):
            self._send(self.path, act="code")
        with self._timed("signature"):
            self._send(self.path, code=self._code())

    def _finish(self) -> None:
        self._expect(f"{self.home}passwords/")
        again = {f"{kind}_again": pin for kind, pin in PINS.items()}
        with self._timed("passwords"):
            self._send(self.path, **PINS, **again)
        self._expect(f"{self.home}bank/")
        with self._timed("bank"):
            self._send(self.path, bank="ICBC", card=card_of(self.number), own_name="yes")
        self._expect(f"{self.home}send/")
        with self._timed("send"):
            self._send(self.path)
        self._expect(self.home)

    # --- what a browser does --------------------------------------------------------------

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        if time.monotonic() > self.until:
            raise OutOfTime
        self.step, asked, begun = step, self.asked, time.monotonic()
        yield
        spent = (time.monotonic() - begun) * 1000
        self.samples.append(Sample(step, spent, self.asked - asked))
        self.done += 1

    def _expect(self, path: str, *, longer: bool = False) -> None:
        if not (self.path.startswith(path) if longer else self.path.partition("?")[0] == path):
            said = re.findall(r'class="err[^>]*>.*?<span>(.*?)</span>', self.page)
            raise Broken(f"{self.path} instead of {path}: {said[:3]}")

    def _send(self, path: str, **fields: Any) -> None:
        """Post the form of the present page with its hidden values, and follow."""
        given = {**dict(HIDDEN.findall(self.page)), **fields}
        self._ask("POST", path, urllib.parse.urlencode(given, doseq=True), FORM)

    def _send_parts(self, path: str, fields: Fields, page: str) -> None:
        mark = "bench-boundary"
        body = io.BytesIO()
        for name, value in fields.items():
            file = '; filename="x.jpg"\r\nContent-Type: image/jpeg' if name == "photo" else ""
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            body.write(head.encode() + (value if isinstance(value, bytes) else value.encode()))
            body.write(b"\r\n")
        body.write(f"--{mark}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        self._ask("POST", path, body.getvalue(), kind | {"X-CSRFToken": _token(page)})

    def _get(self, path: str, *, expected: tuple[int, ...] = (200,)) -> None:
        self._ask("GET", path, "", {}, expected=expected)

    def _json(self, method: str, path: str, body: Any, headers: Fields) -> Any:
        kind = FORM if isinstance(body, str) else {}
        self._ask(method, path, body, {**kind, **headers}, expected=(200, 201))
        return json.loads(self.page)

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
            path = answer.headers["Location"]
            answer = self._once("GET", path, "", {})
        if answer.status not in expected:
            raise Broken(f"{answer.status} for {method} {path.partition('?')[0]}")
        self.path = path

    def _once(self, method: str, path: str, body: str | bytes, headers: Fields) -> Any:
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
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _code(self) -> str:
        """The newest code on this person's telephone."""
        from brokerage.messaging.models import Delivery, SandboxOutbox
        from brokerage.messaging.use_cases.send_message import address_hash

        sent = Delivery.objects.filter(address_hash=address_hash(f"+86{self.phone}"))
        ref = sent.order_by("-pk").values_list("ref", flat=True)[0]
        text = SandboxOutbox.objects.get(idempotency_key=ref).body or ""
        return _found(r"\b(\d{6})\b", re.sub(r"[^\d]", " ", text), "a code")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ACTIONS = 56
"""Actions of a whole journey, for the share of one that was not finished."""


def person_of(number: int) -> dict[str, str]:
    """What the person types: everybody else has another number."""
    from accounts.documents.specimens import NAMES, number_for

    born = date(1987, 1, 1) + timedelta(days=number % 2_500)
    return {
        "name": NAMES[number % len(NAMES)],
        "id_number": number_for(born, f"{100 + number // 2_500 % 800:03d}"),
        "address": f"浙江省杭州市西湖区样本路 {number} 号",
        "id_issuer": "杭州市公安局西湖分局",
    }


def card_of(number: int) -> str:
    """A card number with its check digit, whose end is no scenario of the sandbox."""
    digits = f"622202{number:011d}1"
    doubled = [int(each) * (2 - place % 2) for place, each in enumerate(reversed(digits))]
    return digits + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def _photos() -> dict[str, bytes]:
    """Both sides of a drawn card, as large as a browser sends them, and a chapter of the video."""
    from accounts.documents import specimens

    def jpeg(draw: Callable[[Any], Any]) -> bytes:
        out = io.BytesIO()
        card = specimens.photographed(draw(specimens.Specimen()), scale=1.23)
        card.save(out, "JPEG", quality=88)
        return out.getvalue()

    return {
        "front": jpeg(specimens.portrait_side),
        "back": jpeg(specimens.emblem_side),
        "clip": _longer(CLIP.read_bytes()),
    }


def _longer(clip: bytes) -> bytes:
    """The clip of the demonstration, as large as a chapter: its segment ends with empty space."""
    at = clip.index(SEGMENT) + len(SEGMENT)
    width = 9 - clip[at].bit_length()
    left_open = bytes([(1 << (9 - width)) - 1]) + b"\xff" * (width - 1)
    empty = CHAPTER_BYTES - len(clip) - 9
    void = b"\xec\x01" + empty.to_bytes(7) + b"\x00" * empty
    return clip[:at] + left_open + clip[at + width :] + void


def _choice(page: str) -> list[str]:
    """An answer to the question on a page: what PAPER says, else one in the middle."""
    offered = re.findall(r'name="answer" value="([^"]+)"', page)
    for wanted in PAPER:
        if set(wanted) <= set(offered):
            return list(wanted)
    return [offered[len(offered) // 2]]


def _token(page: str) -> str:
    return _found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page, "a token")


def _found(form: str, text: str, what: str) -> str:
    match = re.search(form, text)
    if match is None:
        raise Broken(f"no {what} on the page")
    return match[1]
