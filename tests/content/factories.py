"""Sources, texts, items and their signed and released versions."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from brokerage.backoffice.four_eyes import decide
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.customers.purposes import PERSONALISATION
from brokerage.customers.selectors import current_text
from brokerage.customers.use_cases import give_consent, load_consent_texts
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor
from brokerage.reference.models import Instrument
from content.models import Correction, Item, Rating, RawItem, Reminder, Revision, Source, Topic
from content.states import ItemKind, SourceKind, Way
from content.use_cases.attach_report import attach_report
from content.use_cases.sign_item import Change, sign_item
from content.use_cases.take_in import Incoming, take_in
from content.use_cases.withdraw_item import withdraw_item
from tests.branches.factories import give_licence, make_staff
from tests.files.factories import pdf

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
EXPIRES = date(2026, 6, 1)
CALM = "央行今天开展逆回购操作，操作利率和上次持平，资金面平稳，隔夜利率小幅回落。"
WILD = "内部消息：这只股票稳赚不赔，明天买入，目标价 88 元，扫码进群领代码。"
_numbers = count(1)


def a_source(
    name: str = "", *, kind: str = SourceKind.NEWS, reach: int = 3, **values: Any
) -> Source:
    return Source.objects.create(
        name_zh=name or f"演示来源{next(_numbers)}",
        name_en=f"Specimen source {next(_numbers)}",
        kind=kind,
        licence="可注明来源引用",
        reach=reach,
        **values,
    )


def a_text(
    body: str = CALM,
    *,
    title: str = "",
    source: Source | None = None,
    at: datetime = AT,
    way: Way = Way.HAND,
    **values: Any,
) -> RawItem:
    incoming = Incoming(title=title or f"第 {next(_numbers)} 篇", body=body, **values)
    return take_in(source=source or a_source(), incoming=incoming, way=way, user=None, at=at)[0]


def an_analyst(kind: str = "analyst", **values: Any) -> Any:
    """Staff of head office with a licence that signs everything."""
    user = make_staff(Role.HEAD_OFFICE)
    give_licence(user, kind, **values)
    return user


def a_checker() -> Any:
    return make_staff(Role.HEAD_OFFICE)


def an_item(**values: Any) -> Item:
    """A draft open to everybody, unless values say otherwise."""
    instruments = values.pop("instruments", [])
    topic = values.pop("topic", "market")
    words = {
        "kind": ItemKind.COMMENTARY,
        "title_zh": f"资金面平稳之{next(_numbers)}",
        "title_en": f"Money market calm {next(_numbers)}",
        "body_zh": "操作利率持平。\n\n- 隔夜利率小幅回落",
        "body_en": "The rate stayed.\n\n- Overnight money fell a little",
        "for_visitors": True,
        "expires_on": EXPIRES,
        "created_at": AT,
    }
    item = Item.objects.create(topic=Topic.objects.get(code=topic), **words | values)
    item.instruments.set(instruments)
    return item


def a_check(**values: Any) -> Item:
    """The draft of a fact check."""
    claim = {
        "kind": ItemKind.CHECK,
        "topic": "rumours",
        "claim_zh": "网传某公司即将停牌",
        "claim_en": "A company is said to be suspended soon",
        "verdict": "disputed",
        "evidence_zh": "交易所公告，2026-03-02",
        "evidence_en": "Notice of the exchange, 2026-03-02",
    }
    return an_item(**claim | values)


def a_signed(
    item: Item | None = None, *, signer: Any = None, at: datetime = AT, **change: Any
) -> Revision:
    return sign_item(
        item=item or an_item(), signer=signer or an_analyst(), change=Change(**change), at=at
    )


def approve(revision: Revision, *, checker: Any = None, at: datetime = AT) -> Revision:
    return decide(
        model=Revision,
        ref=revision.ref,
        checker=checker or a_checker(),
        decision=Decision.APPROVED,
        at=at,
    )


def a_released(item: Item | None = None, *, at: datetime = AT, **values: Any) -> Item:
    """A released item; `values` make it."""
    item = item or an_item(**values)
    approve(a_signed(item, at=at), at=at)
    item.refresh_from_db()
    return item


def a_reported(*, at: datetime = AT, **values: Any) -> Item:
    """A released item with a report."""
    item, by = an_item(**values), make_staff(Role.HEAD_OFFICE)
    stored = attach_report(item=item, upload=io.BytesIO(pdf()), by=by, at=at)
    check(ref=stored.ref, at=at)
    item.refresh_from_db()
    return a_released(item, at=at)


def an_instrument(
    code: str = "600001", name: str = "示范银行", name_en: str = "Specimen Bank"
) -> Instrument:
    return Instrument.objects.get_or_create(
        market="SH",
        code=code,
        generation=0,
        defaults={
            "name_zh": name,
            "name_en": name_en,
            "kind": "stock",
            "source": "tests",
            "origin": "firm",
        },
    )[0]


def a_correction() -> Correction:
    """A withdrawn item, with the row that tells its readers."""
    officer = make_staff(Role.COMPLIANCE)
    return withdraw_item(item=a_released(), officer=officer, note_zh="误", note_en="x", at=AT)


def a_reminder(customer: Any) -> Reminder:
    return Reminder.objects.create(
        customer=customer,
        kind="trading",
        subject="2026-03",
        day=date(2026, 3, 2),
        facts={"number": 24},
        rule_version="content.reminders@2026-01-01",
        made_at=AT,
        needs_person=True,
    )


def agrees(customer: Any, at: datetime = AT) -> Any:
    """The customer agrees to pages that fit their use."""
    load_consent_texts(at=at)
    text = current_text(PERSONALISATION, "zh-hans")
    assert text is not None
    actor = Actor.of(customer.user)
    give_consent(
        customer=customer, purpose=PERSONALISATION, text=text, actor=actor, channel="x", at=at
    )
    return customer


def a_rating(
    instrument: Instrument | None = None,
    level: str = "hold",
    *,
    day: date = date(2026, 3, 2),
    source: Source | None = None,
) -> Rating:
    return Rating.objects.create(
        instrument=instrument or an_instrument(),
        source=source or a_source(),
        day=day,
        level=level,
    )
