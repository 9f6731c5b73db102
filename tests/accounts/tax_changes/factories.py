"""A customer who moved abroad after the opening, and the declaration of it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from accounts.models import Application, Section, TaxDeclaration
from accounts.states import Status, Step
from accounts.use_cases.declare_tax import (
    begin_declaration,
    save_declaration,
    send_tax_code,
    sign_declaration,
)
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.life.test_closing import Sent

HERE = {"residence": "china", "us_asked": True, "us_person": "no", "asked": [], "declares": True}
ABROAD = {
    "residence": "both",
    "us_person": "no",
    "surname_latin": "ZHANG",
    "given_name_latin": "WEI",
    "birth_place": "金华",
    "address_latin": "1 Orchard Road, Singapore",
    "country_1": "SG",
    "tin_1": "S1234567D",
    "declares": True,
    "asked": [],
    "explanation": "",
}
EXPLAINED = ABROAD | {
    "residence": "abroad",
    "asked": ["home_paper"],
    "explanation": "去年起长住新加坡，国内没有住所。",
}


def settled(*, at: datetime = AT) -> Application:
    """An active account whose customer declared to be resident here only."""
    application = an_application(Status.ACTIVE, at=at)
    section = Section.objects.get(application=application, step=Step.TAX)
    section.values = json.dumps(section.answers | HERE | {"form_version": form_version()})
    section.save()
    return application


def form_version() -> str:
    """Of the form in force."""
    from accounts.dated import tax_form

    return tax_form(AT.date())[0]


def filled_in(
    application: Application | None = None,
    said: dict[str, Any] | None = None,
    *,
    since: date | None = None,
    at: datetime = AT,
) -> TaxDeclaration:
    """A declaration that can be signed."""
    row = begin_declaration(application=application or settled(at=at), at=at)
    values = (said or ABROAD) | {"form_version": form_version()}
    return save_declaration(
        declaration=row, values=values, changed_on=since or AT.date(), version=row.version
    )


def signed(sent: Sent, declaration: TaxDeclaration, *, at: datetime = AT) -> TaxDeclaration:
    """Signed with the code that was sent for it."""
    send_tax_code(declaration=declaration, language="en", at=at)
    return sign_declaration(declaration=declaration, code=sent.code, actor=ACTOR, at=at)
