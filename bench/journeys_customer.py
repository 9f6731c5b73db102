"""One customer after the other opens an account over HTTP, as a browser would, without thinking.

Codes by SMS are read in the sandbox's database, as a person reads them on a telephone. What is
timed is an action: a form that is sent, until the page that it leads to has come.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import http.client
import itertools
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.journeys_browser import Broken, Browser, Fields, found, token
from bench.journeys_people import card_of, person_of, photos

PAPER = (("bonds", "shares"), ("fixed_income", "equity"), ("from_31",), ("yes",))
PROFILE = {
    "occupation": "2",
    "education": "bachelor",
    "income": "from_100k",
    "assets": "from_100k",
    "industry_staff": "no",
    "bad_faith": "no",
    "controls": "yes",
    "benefits": "self",
}
PINS = {"trading": "284736", "fund": "591627"}
MARK, SCREENS = r'data-mark="([^"]+)"', r'<div data-key="(\w+)"(.+?)(?=<div data-key=|</template>)'
CONSENTS = {"opening_notice": "on", "identity_document": "on", "face": "on"}
NEWEST_TEXT = """
    SELECT text.ref, text.body FROM messaging_delivery AS sent
    JOIN messaging_sandboxoutbox AS text ON text.idempotency_key = sent.ref
    WHERE sent.address_hash = %s ORDER BY sent.created_at DESC LIMIT 1
"""
ACTIONS = 55
"""Actions of a whole journey, for the share of one that was not finished."""


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
    pictures, part = photos(), Part()
    numbers = itertools.count((level * 2 + place) * 100_000 + 1)
    begun, cpu = time.monotonic(), time.process_time()

    def one_after_the_other() -> None:
        from django.db import connection

        for _ in range(most):
            if time.monotonic() >= begun + seconds:
                break
            customer = Customer(address, next(numbers), pictures, begun + seconds)
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


class Customer(Browser):
    """One person with a telephone, a card and a browser."""

    def __init__(self, address: str, number: int, photos: Fields, until: float) -> None:
        super().__init__(address, number)
        self.photos, self.until = photos, until
        self.phone = f"139{number:08d}" if number % 10_000 < 9_900 else f"137{number:08d}"
        self.samples: list[Sample] = []
        self.step, self.done = "", 0

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
            self.get("/login/?next=/open/")
        with self._timed("sign up"):
            self.send("/login/?next=/open/", phone=self.phone, next="/open/")
        with self._timed("sign up"):
            self.send(self.path, code=self._code())
        self.expect("/open/")
        with self._timed("begin"):
            self.send("/open/")
        self.home = self.path
        self.expect("/open/", longer=True)

    def _answer(self) -> None:
        with self._timed("consents"):
            self.get(f"{self.home}consents/")
        with self._timed("consents"):
            self.send(self.path, **CONSENTS)
        self.expect(f"{self.home}identity/")
        self._document()
        for step, values in (
            ("profile", PROFILE),
            ("tax", {"residence": "china", "us_person": "no", "declares": "on"}),
        ):
            self.expect(f"{self.home}{step}/")
            with self._timed(step):
                self.send(self.path, **values)
        self._paper()
        self.expect(f"{self.home}outlet/")
        with self._timed("outlet"):
            self._outlet()

    def _outlet(self) -> None:
        """Choose one, of which the page asks what trading costs there, and go on."""
        page, path = self.page, self.path
        offered = re.findall(r'<input[^>]*name="outlet"[^>]*value="([0-9a-f-]{36})"', page)
        outlet = offered[self.number % len(offered)]
        (quote,) = re.findall(r'<div hx-get="([^"]+)"', page)
        self.get(f"{quote}?outlet={outlet}")
        self.page, self.path = page, path
        self.send(path, outlet=outlet, markets=["SH", "SZ"])

    def _document(self) -> None:
        person, version = person_of(self.number), "0"
        kept = self.page
        for side in ("front", "back"):
            with self._timed("photo"):
                body = {"version": version, "photo": self.photos[side]}
                self.send_parts(f"{self.home}photos/{side}/", body, kept)
            version = (re.findall(r'data-version="(\d+)"', self.page) or [version])[0]
            with self._timed("photo, asking"):
                self.get(f"{self.home}photos/{side}/?version={version}", expected=(204, 200))
        self.page, self.path = kept, f"{self.home}identity/"
        with self._timed("identity"):
            self.send(
                self.path,
                **person,
                **{"version": version, "id_valid_from": "2015-06-01", "id_valid_to": "2035-06-01"},
            )

    def _paper(self) -> None:
        self.expect("/suitability/", longer=True)
        with self._timed("paper"):
            self.send(self.path)
        self._questions()
        with self._timed("paper"):
            self.send(self.path)  # finish
        with self._timed("paper"):
            self.send(self.path)  # read and confirmed

    def _questions(self) -> None:
        """A request for each answer, as portal/paper.js; the last one leads on."""
        page, path = self.page, self.path
        sheet = html.unescape(found(r'data-sheet="([^"]+)"', page, "a sheet"))
        proof = {"Content-Type": "application/json", "X-CSRFToken": token(page)}
        proof["If-Match"] = f'"{found(MARK, page, "a mark")}"'
        *screens, last = re.findall(SCREENS, page, re.DOTALL)
        given: dict[str, list[str]] = {}
        for key, screen in screens:
            with self._timed("paper, a question"):
                given[key] = _choice(screen)
                proof["If-Match"] = self.keep(sheet, given, proof)
        self.page, self.path = page, re.sub(r"/1/", f"/{len(screens) + 1}/", path)
        with self._timed("paper, a question"):
            self.send(self.path, answer=_choice(last[1]))

    def _film(self) -> None:
        self.expect(f"{self.home}video/")
        with self._timed("video"):
            self.send(self.path)
        clip = self.photos["clip"]
        while "recorder-note" in self.page:
            with self._timed("video, a chapter"):
                address = found(r'id="recorder"[^>]* action="([^"]+)"', self.page, "a chapter")
                proof = {"X-CSRFToken": token(self.page), "Content-Digest": _digest(clip)}
                self.send_in_place("PUT", address, clip, proof)

    def _sign(self) -> None:
        self.expect(f"{self.home}agreements/")
        with self._timed("agreements"):
            self.send(self.path, act="begin")
        along = dict(
            re.findall(r'<template data-address="([^"]+)"(.*?)</template>', self.page, re.S)
        )
        self.page = self.page.partition("<template")[0]
        while self.path != f"{self.home}agreements/":
            with self._timed("agreements, a text"):
                self.wishes = {"Prefer": "return=minimal"} if along else {}
                self.send(self.path)
            self.page = along.pop(self.path, self.page)
        with self._timed("agreements"):
            self.send(self.path, act="code")
        with self._timed("signature"):
            self.send(self.path, code=self._code())

    def _finish(self) -> None:
        self.expect(f"{self.home}passwords/")
        again = {f"{kind}_again": pin for kind, pin in PINS.items()}
        with self._timed("passwords"):
            self.send(self.path, **PINS, **again)
        self.expect(f"{self.home}bank/")
        with self._timed("bank"):
            self.send(self.path, bank="ICBC", card=card_of(self.number), own_name="yes")
        self.expect(f"{self.home}send/")
        with self._timed("send"):
            self.send(self.path)
        self.expect(self.home)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        if time.monotonic() > self.until:
            raise OutOfTime
        self.step, asked, begun = step, self.asked, time.monotonic()
        yield
        spent = (time.monotonic() - begun) * 1000
        self.samples.append(Sample(step, spent, self.asked - asked))
        self.done += 1

    def _code(self) -> str:
        """The newest code on this person's telephone: one statement, which is planned once."""
        from django.db import connection

        from brokerage.core.crypto import unseal
        from brokerage.messaging.models import SandboxOutbox
        from brokerage.messaging.use_cases.send_message import address_hash

        connection.ensure_connection()
        whose = [address_hash(f"+86{self.phone}")]
        ref, sealed = connection.connection.execute(NEWEST_TEXT, whose, prepare=True).fetchone()
        body: Any = SandboxOutbox._meta.get_field("body")
        text = unseal(sealed, context=body.context_of(ref))
        return found(r"\b(\d{6})\b", re.sub(r"[^\d]", " ", text), "a code")


@functools.cache
def _digest(clip: bytes) -> str:
    """What portal/recorder.js says of a recording, of which everybody here sends the same."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(clip).digest()).decode()}:"


def _choice(page: str) -> list[str]:
    """An answer to the question on a page: what PAPER says, else one in the middle."""
    offered = re.findall(r'name="answer" value="([^"]+)"', page)
    for wanted in PAPER:
        if set(wanted) <= set(offered):
            return list(wanted)
    return [offered[len(offered) // 2]]
