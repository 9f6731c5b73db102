"""Answers that complete each step; the numbers are invented and their check digits fit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.consents import PURPOSES_OF_OPENING
from accounts.models import Application
from accounts.selectors import section_of
from accounts.states import Step
from accounts.use_cases import Answer, save_consents, save_section
from branches.models import OrgUnit
from brokerage.core.identifiers import resident_id
from brokerage.customers.selectors import current_texts
from brokerage.customers.use_cases import load_consent_texts
from brokerage.journal.actors import Actor

NAME = "江映雪"
ACTOR = Actor.system("tests")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int = 2, born: str = "19960101") -> str:
    """An invented identity number: `serial` is odd for men."""
    digits = f"330702{born}{serial % 1000:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return digits + "10X98765432"[rest]


def identity(number: str = "") -> dict[str, Any]:
    """A document; the photos are refs of files that no test opens."""
    return {
        "front": str(UUID(int=1)),
        "back": str(UUID(int=2)),
        "name": NAME,
        "id_number": number or id_number(),
        "address": "浙江省金华市婺城区示例街 18 号",
        "id_issuer": "金华市公安局婺城分局",
        "id_valid_from": "2020-01-31",
        "id_valid_to": "2040-01-31",
    }


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
TAX = {
    "residence": "china",
    "us_person": "no",
    "declares": True,
    "form_version": "accounts.tax_form@2020-01-01",
}
BANK = {"bank": "ICBC", "card": "6222021234567890128", "own_name": "yes"}


def save(
    application: Application, step: Step, values: dict[str, Any], *, at: datetime
) -> Application:
    """Answer a step as the customer would, on the page as it is now."""
    section = section_of(application, step)
    version = section.version if section else 0

    def change(row: Application) -> None:
        row.applicant_name = values.get("name") or row.applicant_name
        if step == Step.OUTLET and values.get("outlet"):
            row.outlet = OrgUnit.objects.get(ref=values["outlet"])

    return save_section(
        application=application,
        answer=Answer(step=step, values=values, version=version),
        actor=ACTOR,
        at=at,
        change=change,
    )


def save_name(application: Application, name: str, version: int, at: datetime) -> Application:
    """The name alone, on a page that showed `version`."""

    def change(row: Application) -> None:
        row.applicant_name = name

    answer = Answer(step=Step.IDENTITY, values={"name": name}, version=version)
    return save_section(application=application, answer=answer, actor=ACTOR, at=at, change=change)


def agree(application: Application, *, at: datetime) -> Application:
    """All consents of opening."""
    load_consent_texts(at=at)
    texts = current_texts("zh-hans")
    return save_consents(
        application=application,
        texts={purpose: texts[purpose] for purpose in PURPOSES_OF_OPENING},
        version=0,
        actor=ACTOR,
        channel="portal",
        at=at,
    )


def answer_sections(
    application: Application, outlet: OrgUnit, *, at: datetime, number: str = ""
) -> Application:
    """Everything but the assessment and sharing."""
    application = agree(application, at=at)
    given = identity(number or id_number(2 * (application.pk % 500)))
    resident_id(given["id_number"], on=at.date())
    application = save(application, Step.IDENTITY, given, at=at)
    application = save(application, Step.PROFILE, PROFILE, at=at)
    application = save(application, Step.TAX, TAX, at=at)
    places = {"outlet": str(outlet.ref), "markets": ["SH", "SZ"]}
    application = save(application, Step.OUTLET, places, at=at)
    return save(application, Step.BANK, BANK, at=at)
