"""Agreements signed by hand, made as staff make them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from accounts.facts import forget
from accounts.models import Application, CaseRelease, Pack, PaperSigning
from accounts.on_paper.states import PaperLook
from accounts.states import Step
from accounts.use_cases.confirm_on_paper import confirm_paper
from accounts.use_cases.seal_paper import make_print
from accounts.use_cases.sign_on_paper import keep_scan, print_pack
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.files import api as files
from brokerage.files.models import StoredFile
from brokerage.files.use_cases.check_file import check
from tests.accounts.counter.factories import an_open_case
from tests.accounts.evidence.factories import ACTOR
from tests.accounts.factories import a_complete_draft
from tests.branches.factories import give_licence, make_staff
from tests.files.factories import jpeg
from tests.users.factories import sign_in

RARE = "\U00030000"  # of extension G, in neither font
NAME = f"江{RARE}雪"
LATER = timedelta(minutes=3)
LOOKS = list(PaperLook.values)
EN = {"Accept-Language": "en"}


def a_rare_draft(at: datetime | None = None, name: str = NAME) -> Application:
    """Everything but the agreements, by somebody whose name no font shows."""
    draft = a_complete_draft(at=at or clock.now())
    Pack.objects.filter(application=draft).delete()
    rename(draft, name)
    return Application.objects.get(pk=draft.pk)


def rename(draft: Application, name: str) -> None:
    section = draft.sections.get(step=Step.IDENTITY)
    section.values = json.dumps(section.answers | {"name": name})
    section.save()
    draft.set_applicant_name(name)
    draft.save()
    forget(draft)


def a_witnessed_case(draft: Application, at: datetime | None = None) -> CaseRelease:
    """A case that is open to a witness of an outlet."""
    case = an_open_case(draft, at=at or clock.now())
    assert case.helper is not None
    give_licence(case.helper, "witness")
    return case


def a_colleague(case: CaseRelease) -> Any:
    """Another witness of the outlet."""
    colleague = make_staff(Role.OPENING_OFFICER, case.outlet)
    give_licence(colleague, "witness")
    return colleague


def a_print(case: CaseRelease, at: datetime) -> PaperSigning:
    """Printed, the file made as the worker makes it."""
    assert case.helper is not None
    paper = print_pack(release=case, helper=case.helper, language="zh-hans", at=at)
    return make_print(paper=paper, at=at)


def some_pages(draft: Application, at: datetime, number: int = 2) -> list[StoredFile]:
    """Scanned pages, checked as the worker checks them."""
    made = []
    for page in range(number):
        upload = SimpleUploadedFile("a.jpg", jpeg((300 + page, 420)))
        made.append(
            files.store(
                upload=upload,
                purpose="accounts.signed_page",
                owner_ref=draft.ref,
                actor=ACTOR,
                at=at,
            )
        )
        check(ref=made[-1].ref, at=at)
    return made


def a_scan(case: CaseRelease, at: datetime) -> PaperSigning:
    """Printed at `at`, read, signed and scanned some minutes later."""
    a_print(case, at)
    assert case.helper is not None
    pages = some_pages(case.application, at)
    return keep_scan(
        release=case,
        helper=case.helper,
        pages=[page.ref for page in pages],
        looks=LOOKS,
        at=at + LATER,
    )


def a_confirmed(case: CaseRelease, at: datetime) -> PaperSigning:
    """Signed by hand, as two people say."""
    a_scan(case, at)
    return confirm_paper(release=case, second=a_colleague(case), looks=LOOKS, at=at + LATER)


def desk_of(user: Any) -> Client:
    return sign_in(Client(headers=EN), user, stepped_up=True)


def address(case: CaseRelease, which: str = "", *more: Any) -> str:
    name = f"admin:accounts_application_case_paper{which and '_'}{which}"
    return reverse(name, args=[case.ref, *more])


def check_all(draft: Application) -> None:
    """What the worker does with what was sent."""
    sent = Q(owner_ref=draft.ref, status="stored")
    for file in StoredFile.objects.filter(sent):
        check(ref=file.ref, at=clock.now())
