"""Papers with invented numbers, and their holders at a counter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts.models import Application, CaseRelease
from accounts.states import Step
from accounts.use_cases.help_at_counter import confirm_step
from brokerage.core import clock
from brokerage.core.identifiers import Document
from tests.accounts.answers import WEIGHTS, save
from tests.accounts.counter.factories import an_open_case
from tests.accounts.factories import ACTOR, a_draft
from tests.accounts.proofs import sign
from tests.users.factories import sign_in

EN = {"Accept-Language": "en"}
PICTURES = {name: str(UUID(int=n)) for n, name in enumerate(("front", "back"), start=1)}


def number(area: str, born: str = "19880512", serial: int = 2) -> str:
    """An invented number of 18 places, of a resident card or one of its like."""
    digits = f"{area}{born}{serial:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return digits + "10X98765432"[rest]


def aged(years: int, on: date | None = None) -> str:
    """The number of a resident card of somebody of this age today."""
    day = on or clock.today()
    return number("330702", f"{day.year - years}0101")


COMMON = {
    "name": "陈咏珊",
    "address": "浙江省金华市婺城区示例街 18 号",
    "id_issuer": "国家移民管理局",
    "id_valid_from": "2024-01-31",
    "id_valid_to": "2034-01-31",
}
WRITTEN: dict[Document, dict[str, str]] = {
    Document.RESIDENCE_PERMIT: {
        "id_number": number("810000"),
        "second_number": "H12345678",
    },
    Document.HK_MACAU_PERMIT: {
        "id_number": "H12345678",
        "birth_date": "1988-05-12",
        "sex": "female",
    },
    Document.TAIWAN_PERMIT: {
        "id_number": "12345678",
        "birth_date": "1988-05-12",
        "sex": "female",
    },
    Document.FOREIGN_RESIDENT: {
        "id_number": number("911756"),
        "second_number": "X1234567",
        "nationality": "CH",
    },
    Document.FOREIGN_PASSPORT: {
        "id_number": "19AB12345",
        "birth_date": "1979-08-30",
        "sex": "male",
        "nationality": "FR",
    },
}
"""What stands on each paper, besides COMMON."""
STAY = {"stay_proof": str(UUID(int=3))}


def page_of(release: CaseRelease) -> str:
    """The identity step at the counter."""
    return reverse("admin:accounts_application_case_step", args=[release.ref, "identity"])


def at_counter(
    draft: Application | None = None, pictures: dict[str, str] | None = None
) -> tuple[Client, CaseRelease]:
    """A desk with an opened case whose pictures are there already."""
    at = clock.now()
    row = draft or a_draft(at=at)
    save(row, Step.IDENTITY, pictures or {**PICTURES, **STAY}, at=at)
    release = an_open_case(row, at=at)
    assert release.helper is not None
    return sign_in(Client(headers=EN), release.helper, stepped_up=True), release


def keep(desk: Client, release: CaseRelease, values: dict[str, Any]) -> Any:
    """Send the identity step as staff do."""
    version = release.application.sections.get(step=Step.IDENTITY).version
    return desk.post(page_of(release), {**values, "version": str(version)})


def enter(
    desk: Client, release: CaseRelease, paper: Document, looks: list[str], **more: Any
) -> Any:
    """Enter a paper in full."""
    given = {**COMMON, **WRITTEN[paper], "paper": paper.value, "looks": looks, **more}
    return keep(desk, release, given)


def confirm(application: Application, at: datetime | None = None) -> Application:
    """The customer confirms the identity step on the phone."""
    version = application.sections.get(step=Step.IDENTITY).version
    return confirm_step(
        application=application,
        step=Step.IDENTITY,
        version=version,
        actor=ACTOR,
        at=at or clock.now(),
    )


def filmed(application: Application, release: CaseRelease) -> Application:
    """The video as the witness of the outlet recorded it, and the new name signed."""
    application.witnessings.update(mode="outlet", witness=release.helper, place=release.outlet)
    sign(application, at=clock.now())
    return Application.objects.get(pk=application.pk)
