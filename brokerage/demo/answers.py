"""What a customer of the demonstration answers in each step; numbers are invented."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from accounts.consents import PURPOSES_OF_OPENING
from accounts.dated import tax_form
from accounts.models import Application
from accounts.states import Step
from accounts.use_cases import Answer, save_consents, save_section
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.customers.selectors import current_texts
from brokerage.demo.people import name
from brokerage.demo.photos import photograph
from brokerage.journal.actors import Actor

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BANKS = ("ICBC", "CCB", "BOC", "ABC")
OCCUPATIONS = ("2", "3", "4", "92", "6")
EDUCATION = ("secondary", "college", "college", "bachelor", "master", "secondary")
"""In turn, as each answers the paper (`customers.STEPS`): a contradiction would be asked about."""

SHANGHAI_ALONE = (18,)
"""Who can still have the other market opened (docs/account-life.md)."""


class Answering(Protocol):
    """Who answers, and the time that goes by."""

    number: int

    @property
    def actor(self) -> Actor: ...

    def later(self, minutes: float) -> datetime: ...


def agree(application: Application, case: Answering) -> Application:
    """Agree to everything that opening needs."""
    texts = current_texts("zh-hans")
    seen = case.later(0.1)
    return save_consents(
        application=application,
        texts={purpose: texts[purpose] for purpose in PURPOSES_OF_OPENING},
        version=0,
        actor=case.actor,
        channel="portal",
        at=case.later(0.3),
        seen_at=seen,
    )


def answer(
    application: Application, step: str, outlet: OrgUnit, case: Answering, *, version: int = 0
) -> Application:
    """Answer one step in full, the identity document with photos of a drawn card.

    Args:
        version: of the answers that are there already.
    """
    values = _answers(case.number, outlet)[step]
    seen = case.later(0.1)
    if step == Step.TAX:
        values["form_version"] = tax_form(business_date(seen))[0]
    if step == Step.IDENTITY:
        values |= photograph(application, values, actor=case.actor, at=case.later(0.1))

    def change(row: Application) -> None:
        if step == Step.IDENTITY:
            row.set_applicant_name(values["name"])
        if step == Step.OUTLET:
            row.outlet = outlet

    return save_section(
        application=application,
        answer=Answer(step=Step(step), values=values, version=version, seen_at=seen),
        actor=case.actor,
        at=case.later(SECONDS[step] / 60 + case.number % 7 / 20),
        change=change,
    )


SECONDS = {"identity": 48, "profile": 35, "tax": 8, "outlet": 21, "bank": 26}


def born_in(number: int) -> int:
    """The year in which person `number` was born."""
    return 1961 + number * 7 % 40


def _answers(number: int, outlet: OrgUnit) -> dict[str, dict[str, Any]]:
    born = f"{born_in(number)}{1 + number % 12:02d}{1 + number % 28:02d}"
    return {
        "identity": {
            "name": name(1000 + number).zh,
            "id_number": _id_number(born, number),
            "address": f"浙江省金华市婺城区示例街 {number + 1} 号",
            "id_issuer": "金华市公安局婺城分局",
            "id_valid_from": "2019-06-01",
            "id_valid_to": "2039-06-01",
        },
        "profile": {
            "occupation": OCCUPATIONS[number % len(OCCUPATIONS)],
            "education": EDUCATION[number % len(EDUCATION)],
            "income": ("under_100k", "from_100k", "from_300k")[number % 3],
            "assets": ("under_100k", "from_100k", "from_500k")[number % 3],
            "industry_staff": "no",
            "bad_faith": "no",
            "controls": "yes",
            "benefits": "self",
        },
        "tax": {"residence": "china", "us_person": "no", "us_asked": True, "declares": True},
        "outlet": {
            "outlet": str(outlet.ref),
            "markets": ["SH"] if number in SHANGHAI_ALONE else ["SH", "SZ"],
        },
        "bank": {
            "bank": BANKS[number % len(BANKS)],
            "card": _card(number),
            "own_name": "yes",
        },
    }


def _id_number(born: str, serial: int) -> str:
    digits = f"330702{born}{serial:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return digits + "10X98765432"[rest]


def _card(number: int) -> str:
    digits = f"622202000000{number:06d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)
