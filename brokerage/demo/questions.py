"""A next version of the margin test that waits for a second compliance officer."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta

from accounts.models import QuestionBank
from accounts.permissions.banks import bank_at
from brokerage.backoffice import recording
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.staff import staff_with

TEST = "margin"
WORDS = {
    "zh-hans": "融资买入的股票大跌，你可能亏多少？",
    "en": "A share that you bought on margin falls a lot. How much may you lose?",
}


def build_questions(*, at: datetime) -> int:
    """Propose it once; returns how many were proposed."""
    base = bank_at(at, TEST)
    if base is None or QuestionBank.objects.pending().filter(key=base.key).exists():
        return 0
    value = deepcopy(base.value)
    first = value["questions"][0]
    for language, text in WORDS.items():
        first[language]["text"] = text
    officer = staff_with(Role.COMPLIANCE)[0]
    bank = QuestionBank(
        key=base.key,
        valid_from=business_date(at) + timedelta(days=30),
        value=value,
        source=base.source,
        confidence=base.confidence,
        change_note="第一题改得更好懂",
        made_by_ref=officer.ref,
        made_at=at,
    )
    recording.save(officer, bank, change=False, changed=["valid_from", "change_note"])
    return 1
