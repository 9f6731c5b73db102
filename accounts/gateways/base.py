"""What every counterparty of an account opening promises: how it answers, and how it does not.

A question has a key, and the same key has one effect however often it is asked; so asking again
is always right after `Unavailable`, and is how an answer is fetched after `NotYet`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, Self
from uuid import UUID

from brokerage.core.outbound import Answer, JsonClient, Unreachable

if TYPE_CHECKING:
    from brokerage.customers.models import Customer


class Unavailable(Exception):
    """Nobody knows the answer; ask again with the same key. Says why, never about whom."""


class NotYet(Exception):
    """The counterparty works on it; the answer is fetched by asking again with the same key."""


class Refused(Exception):
    """The question itself will never be answered.

    Attributes:
        code: short reason without personal data.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadAnswer(Unavailable):
    """What came back breaks the contract; it is treated as no answer at all."""


class Question(Protocol):
    """A question as plain values; `to_wire` is what the contract (docs/gateways) shows."""

    def to_wire(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Person:
    """Whom a question is about: the name and document as the customer confirmed them."""

    name: str
    document: str
    number: str

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """Name and document as the customer's record has them."""
        return cls(customer.name or "", customer.id_type or "", customer.id_number or "")

    def to_wire(self) -> dict[str, Any]:
        """As every contract writes a person."""
        return {"name": self.name, "document": self.document, "number": self.number}


def ask(client: JsonClient, path: str, body: Mapping[str, Any], key: UUID) -> dict[str, Any]:
    """POST a question and return the object of a 200 answer.

    Raises:
        Unavailable: no usable answer within the deadline, or 429 and 5xx.
        NotYet: 202.
        Refused: 400, 403, 404, 409, 422 with the counterparty's code.
    """
    try:
        answer = client.call("POST", path, body=dict(body), headers={"Idempotency-Key": str(key)})
    except Unreachable as error:
        raise Unavailable(type(error).__name__) from None
    return read(answer)


def read(answer: Answer) -> dict[str, Any]:
    """The object of a 200 answer; raises like `ask`."""
    if answer.status == 200:
        return answer.data
    if answer.status == 202:
        raise NotYet
    if answer.status in (400, 403, 404, 409, 422):
        raise Refused(word(answer.data.get("code"), default="refused"))
    raise Unavailable(f"HTTP {answer.status}")


def word(value: object, *, default: str = "") -> str:
    """A code of the counterparty: one short word of letters, digits and underscores."""
    if isinstance(value, str) and value.isascii() and value.isidentifier() and len(value) <= 40:
        return value
    if default:
        return default
    raise BadAnswer("code")


def choice(data: Mapping[str, Any], name: str, allowed: Collection[str]) -> str:
    """One of the allowed words under `name`; raises BadAnswer."""
    value = data.get(name)
    if isinstance(value, str) and value in allowed:
        return value
    raise BadAnswer(name)


def text(data: Mapping[str, Any], name: str, *, most: int = 80, needed: bool = True) -> str:
    """Printable text under `name`, at most `most` characters; raises BadAnswer."""
    value = data.get(name)
    if value is None and not needed:
        return ""
    fits = isinstance(value, str) and len(value) <= most and value.isprintable()
    if fits and (value or not needed):
        return str(value)
    raise BadAnswer(name)


def day(data: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    """An ISO date under `name` as text, empty where there is none; raises BadAnswer."""
    value = data.get(name)
    if value is None and not needed:
        return ""
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise BadAnswer(name) from None


def rows(data: Mapping[str, Any], name: str, *, most: int = 100) -> list[dict[str, Any]]:
    """A list of objects under `name`; raises BadAnswer."""
    value = data.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise BadAnswer(name)
    if not all(isinstance(row, dict) for row in value):
        raise BadAnswer(name)
    return value
