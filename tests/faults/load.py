"""People at work: they write, note what was acknowledged to them, and go on after every cut."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.callers import Answer, Cut, Program, Visitor


@dataclass
class Load:
    """Clients that write until told to stop, and what was acknowledged to them."""

    stopping: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[str, str] = field(default_factory=dict)
    statuses: list[tuple[float, int]] = field(default_factory=list)  # when begun, status or 0
    threads: list[threading.Thread] = field(default_factory=list)
    bugs: list[BaseException] = field(default_factory=list)

    def run(self, work: Callable[[int], tuple[str, str, Answer]]) -> None:
        """Repeat `work(number)`, which gives what it wrote: key, value and answer."""

        def repeat() -> None:
            number = 0
            while not self.stopping.is_set():
                number += 1
                began = time.monotonic()
                try:
                    key, value, answer = work(number)
                except Cut:
                    self.statuses.append((began, 0))
                    self.stopping.wait(0.05)
                    continue
                except BaseException as bug:
                    self.bugs.append(bug)
                    return
                self.statuses.append((began, answer.status))
                if answer.status in (201, 302):
                    self.acknowledged[key] = value
                self.stopping.wait(0.12)  # a client may ask 600 times a minute

        thread = threading.Thread(target=repeat)
        self.threads.append(thread)
        thread.start()

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *error: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


def partner_work(program: Program, name: str) -> Callable[[int], tuple[str, str, Answer]]:
    def work(number: int) -> tuple[str, str, Answer]:
        reference = f"{name}-{number}"
        answer = program.make_entry(reference)
        return reference, answer.json["ref"] if answer.status == 201 else "", answer

    return work


def customer_work(customer: Visitor, home: str) -> Callable[[int], tuple[str, str, Answer]]:
    def work(number: int) -> tuple[str, str, Answer]:
        page = customer.get(f"{home}identity/")
        if page.status != 200:
            return home, "", page
        body = customer.fill(page, name=name_of(number))
        return home, str(number), customer.post(f"{home}identity/", body)

    return work


LETTERS = "甲乙丙丁戊己庚辛壬癸"


def name_of(number: int) -> str:
    return "江" + "".join(LETTERS[int(digit)] for digit in str(number))


def number_in(page: str) -> int:
    """The number of the name that the page shows as kept."""
    found = re.search(rf'value="江([{LETTERS}]+)"', page)
    assert found
    return int("".join(str(LETTERS.index(letter)) for letter in found.group(1)))
