"""Texts and a played gateway for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from brokerage.customers.models import ConsentText
from brokerage.customers.use_cases import give_consent
from brokerage.journal.actors import Actor
from brokerage.messaging.gateways import Report
from brokerage.messaging.models import TextVersion
from brokerage.messaging.use_cases.load_texts import parse

EARLY = datetime(2026, 1, 1, tzinfo=UTC)


def a_text(
    kind: str = "tests.note",
    purpose: str = "service",
    *,
    variables: dict[str, str] | None = None,
    version: int = 1,
    zh: str = "正文",
    en: str = "Body",
    valid_from: datetime = EARLY,
) -> TextVersion:
    """A loaded text with inbox, SMS and e-mail in both languages."""

    def channels(title: str, body: str) -> dict[str, Any]:
        both = {"title": title, "body": body}
        return {"inbox": both, "sms": body, "email": both}

    entry = {
        "kind": kind,
        "purpose": purpose,
        "variables": variables or {},
        "zh-hans": channels("标题", zh),
        "en": channels("Title", en),
    }
    values = parse(entry, where="tests")
    return TextVersion.objects.create(version=version, valid_from=valid_from, **values)


def wants_offers(customer: Any, at: datetime) -> None:
    """The customer agrees to marketing."""
    give_consent(
        customer=customer,
        purpose="marketing",
        text=ConsentText.objects.get(purpose="marketing", language="zh-hans", version=1),
        actor=Actor.of(customer.user),
        channel="portal",
        at=at,
    )


@dataclass
class FakeGateway:
    """Remembers by key what it took; raises what it is told to."""

    taken: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    calls: int = 0
    fault: Exception | None = None
    waiting: list[Report] = field(default_factory=list)

    def send(self, *, address: str, title: str, body: str, key: UUID, at: datetime) -> str:
        self.calls += 1
        if self.fault:
            raise self.fault
        self.taken.setdefault(key, (address, body))
        return f"fake-{key}"

    def reports(self, *, after: str, at: datetime) -> tuple[list[Report], str]:
        return self.waiting, after
