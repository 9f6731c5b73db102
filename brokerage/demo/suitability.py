"""Graded items of the demonstration, grades that move, decisions, an insist case, a draft."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.staff import staff_with
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from suitability.content import PERSON
from suitability.models import Assessment, GradedItem, ItemGrade, Outcome, Questionnaire
from suitability.use_cases.drafting import change_draft, draft_paper
from suitability.use_cases.grading import name_item, propose_grade
from suitability.use_cases.insisting import ask_to_insist, show_warning
from suitability.use_cases.matching import decide_match

FILE = Path(__file__).with_name("data") / "items.yaml"
SINCE = date(2026, 1, 5)
DECIDED = 6
# the mildest level of each factor, so that the category alone sets the grade
MILD = {
    "liquidity": "any_day",
    "maturity": "within_a_year",
    "leverage": "none",
    "structure": "simple",
    "minimum": "under_10k",
    "direction": "cash",
    "offering": "public",
    "issuer": "state",
    "past": "steady",
    "possible_loss": "hardly",
    "transfer": "easy",
    "borders": "domestic",
}


def build_suitability(*, at: datetime) -> int:
    """Grade the items that are not there yet and decide on some; returns how many were made."""
    if GradedItem.objects.filter(code__startswith="DEMO-").exists():
        return 0
    maker, checker = staff_with(Role.HEAD_OFFICE)[:2]
    items = {row["code"]: graded(row, maker, checker, at) for row in _rows()}
    tomorrow = business_date(at) + timedelta(days=1)
    _grade(items["DEMO-INDEX"], "star", tomorrow, "波动率上升，上调一级", maker, checker, at)
    _grade(items["DEMO-BOND3"], "share", tomorrow, "持仓信用下沉，拟上调", maker, None, at)
    _decide(list(items.values()), at)
    _draft(at)
    return len(items)


def _draft(at: datetime) -> None:
    """The next version of the paper for persons, with one question in clearer words."""
    officer = staff_with(Role.COMPLIANCE)[0]
    draft = draft_paper(
        base=Questionnaire.objects.in_force(PERSON, business_date(at)),
        valid_from=business_date(at) + timedelta(days=30),
        note="负债一题改得更好懂",
        maker=officer,
        at=at,
    )

    def reword(content: dict[str, Any]) -> None:
        question = next(each for each in content["questions"] if each["key"] == "debt")
        question["text"] = {
            "zh-hans": "你现在还欠着的钱里，数额最大的是哪一种？",
            "en": "Of the money that you still owe, which kind is the largest?",
        }

    change_draft(
        draft=draft,
        part="debt",
        change=reword,
        seen=draft.content_hash,
        editor=officer,
        at=at,
    )


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return rows


def graded(row: dict[str, Any], maker: User, checker: User, at: datetime) -> GradedItem:
    """An item of the demonstration with its grade in force; `row` as in items.yaml."""
    item = name_item(
        actor=Actor.of(maker),
        at=at,
        code=row["code"],
        kind=row.get("kind", "product"),
        name_zh=row["zh"],
        name_en=row["en"],
        type=row["type"],
        months=row["months"],
    )
    _grade(item, row["category"], SINCE, "首次评级", maker, checker, at, proposed=row.get("grade"))
    return item


def _grade(
    item: GradedItem,
    category: str,
    start: date,
    why: str,
    maker: User,
    checker: User | None,
    at: datetime,
    proposed: str | None = None,
) -> None:
    row = propose_grade(
        item=item,
        category=category,
        levels=MILD,
        valid_from=start,
        reason=why,
        maker=maker,
        at=at,
        proposed=proposed,
    )
    if checker:
        decide(model=ItemGrade, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=at)


def _decide(items: list[GradedItem], at: datetime) -> None:
    """Some customers ask for every item; the first whose decision leaves it open insists."""
    assessed = Assessment.objects.counting_on(business_date(at)).filter(lowest=False)
    keys = assessed.order_by("customer_id").values_list("customer", flat=True)[:DECIDED]
    insisted = False
    for customer in Customer.objects.filter(pk__in=list(keys)).order_by("pk"):
        actor = Actor.of(customer.user) if customer.user else Actor.system("demo")
        for item in items:
            kept = decide_match(
                customer=customer, item=item, language="zh-hans", actor=actor, at=at
            )
            if kept.outcome == Outcome.INSIST and not insisted:
                case = ask_to_insist(
                    decision=kept,
                    wish="自己看了半年的行情和公告，想用一小部分闲钱试试。",
                    language="zh-hans",
                    actor=actor,
                    at=at,
                )
                show_warning(case=case, actor=actor, at=at + timedelta(minutes=1))
                insisted = True
