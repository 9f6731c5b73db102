"""Insights of the demonstration: texts on the desk, items in every state, one correction."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from branches.models import Licence, LicenceKind, OrgUnit
from brokerage.backoffice.four_eyes import decide
from brokerage.core.clock import SHANGHAI, business_date
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.files.use_cases.check_file import check
from brokerage.reference.models import Instrument
from brokerage.users.models import User
from content.models import Item, Revision, Source, Topic
from content.states import ItemKind, Way
from content.use_cases.attach_report import attach_report
from content.use_cases.decide_text import drop
from content.use_cases.read_item import read_item
from content.use_cases.sign_item import Change, sign_item
from content.use_cases.take_in import Incoming, take_in
from content.use_cases.withdraw_item import withdraw_item

FILE = Path(__file__).parent / "data" / "content.yaml"
SAMPLE = FILE.with_name("sample.pdf")
ANALYST, CHECKER = "headoffice@demo.example", "headoffice2@demo.example"
OPENED = timedelta(days=400)
SHOWN = timedelta(days=90)
READERS = 5
"""Customers who read what is corrected or withdrawn afterwards."""


def build_content(*, at: datetime) -> int:
    """Everything of content.yaml once; returns how many texts and items."""
    if Item.objects.exists():
        return 0
    plan = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    analyst, checker = (User.objects.get(email=one) for one in (ANALYST, CHECKER))
    _licence(analyst, "analyst", "S1230520110007", at)
    advisers = User.objects.filter(assignments__role=Role.ADVISER).distinct()
    for number, adviser in enumerate(advisers.order_by("pk"), 1):
        _licence(adviser, "adviser", f"S12305211{number:05}", at)
    sources = {row.pop("key"): _source(row) for row in plan["sources"]}
    for row in plan["texts"]:
        _text(row, sources[row["source"]], checker, at)
    for row in plan["items"]:
        _item(row, analyst, checker, at)
    return len(plan["texts"]) + len(plan["items"])


def _licence(holder: User, code: str, number: str, at: datetime) -> None:
    kind = LicenceKind.objects.get(code=code)
    if Licence.objects.filter(user=holder, kind=kind).exists():
        return
    Licence.objects.create(
        user=holder,
        kind=kind,
        number=number,
        issuer=kind.issuer,
        valid_from=business_date(at - OPENED),
        created_at=at,
    )


def _source(row: dict[str, Any]) -> Source:
    names = {"name_zh": row.pop("zh"), "name_en": row.pop("en")}
    return Source.objects.create(**names, **row)


def _text(row: dict[str, Any], source: Source, officer: User, at: datetime) -> None:
    when = _before(at, row["days"])
    incoming = Incoming(title=row["title"], body=row["body"], published_at=when)
    raw, _new = take_in(source=source, incoming=incoming, way=Way.HAND, user=officer, at=when)
    if why := row.get("drop"):
        drop(raw=raw, officer=officer, reason=why, at=when + timedelta(hours=1))


def _item(row: dict[str, Any], analyst: User, checker: User, at: datetime) -> None:
    when = _before(at, row.get("days", 0))
    item = Item(
        kind=row["kind"],
        topic=Topic.objects.get(code=row["topic"]),
        unit=OrgUnit.objects.get(code=row["unit"]) if "unit" in row else None,
        title_zh=row["zh"],
        title_en=row["en"],
        verdict=row.get("verdict", ""),
        evidence_zh=row.get("evidence_zh", ""),
        evidence_en=row.get("evidence_en", ""),
        claim_zh=row.get("claim_zh", ""),
        claim_en=row.get("claim_en", ""),
        body_zh=row.get("old_zh", row["body_zh"]),
        body_en=row.get("old_en", row["body_en"]),
        grade=row.get("grade", "R1"),
        for_visitors=row.get("visitors", False),
        expires_on=business_date(at) + SHOWN,
        created_at=when,
    )
    item.save()
    if row["kind"] == ItemKind.RESEARCH and row.get("state", "released") == "released":
        _report(item, analyst, when)
    item.instruments.set(Instrument.objects.filter(code__in=row.get("codes", [])))
    state = row.get("state", "released")
    if state == "draft":
        return
    revision = sign_item(item=item, signer=analyst, at=when)
    if state == "signed":
        return
    _release(revision, checker, when)
    if state == "withdrawn" or "correction" in row:
        _read(item, when)
    later = when + timedelta(days=1)
    if state == "withdrawn":
        notes = {"note_zh": row["note_zh"], "note_en": row["note_en"]}
        withdraw_item(item=item, officer=checker, **notes, at=later)
    if "correction" in row:
        item.refresh_from_db()
        item.body_zh, item.body_en = row["body_zh"], row["body_en"]
        item.save()
        note = row["correction"]
        change = Change(is_correction=True, note_zh=note["zh"], note_en=note["en"])
        _release(sign_item(item=item, signer=analyst, change=change, at=later), checker, later)


def _report(item: Item, analyst: User, at: datetime) -> None:
    """The whole report, marked as a sample."""
    with SAMPLE.open("rb") as upload:
        stored = attach_report(item=item, upload=upload, by=analyst, at=at)
    check(ref=stored.ref, at=at)
    item.refresh_from_db()


def _release(revision: Revision, checker: User, at: datetime) -> None:
    decide(model=Revision, ref=revision.ref, checker=checker, decision=Decision.APPROVED, at=at)


def _read(item: Item, at: datetime) -> None:
    """The first customers read it before it turns out to be wrong."""
    item.refresh_from_db()
    for customer in Customer.objects.filter(user__isnull=False).order_by("pk")[:READERS]:
        read_item(item=item, customer=customer, at=at)


def _before(at: datetime, days: int) -> datetime:
    """Nine in the morning so many days before; never ahead of `at`."""
    day = business_date(at) - timedelta(days=days)
    return min(at, datetime.combine(day, time(9, 0), SHANGHAI))
