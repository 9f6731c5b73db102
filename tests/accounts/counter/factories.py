"""Opened cases, made through the use cases; and an opening officer at an outlet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Application, CaseRelease
from accounts.use_cases.release_case import offer_case, take_case
from branches.models import OrgUnit
from brokerage.core.roles import Role
from brokerage.users.models import User
from tests.accounts.factories import ACTOR, AT, a_draft
from tests.branches.factories import make_staff, make_unit


def a_code(application: Application, *, at: datetime = AT) -> str:
    """A code as the customer's page shows it."""
    return str(offer_case(application=application, actor=ACTOR, at=at).code_text)


def an_open_case(
    application: Application | None = None,
    *,
    outlet: OrgUnit | None = None,
    helper: User | None = None,
    at: datetime = AT,
) -> CaseRelease:
    """A case that its customer opened to an opening officer of an outlet."""
    outlet = outlet or make_unit()
    helper = helper or make_staff(Role.OPENING_OFFICER, outlet)
    return take_case(
        code=a_code(application or a_draft(at=at), at=at), outlet=outlet, helper=helper, at=at
    )


def entered(release: CaseRelease, step: Any, values: dict[str, Any], *, at: datetime = AT) -> None:
    """Staff enter a step under a release, as the page of the counter does."""
    from accounts.selectors import section_of
    from accounts.use_cases import Answer, save_section
    from accounts.use_cases.help_at_counter import help_with
    from brokerage.customers.models import Source
    from brokerage.journal.actors import Actor

    section = section_of(release.application, step)
    answer = Answer(
        step=step,
        values=values,
        version=section.version if section else 0,
        source=Source.STAFF,
    )
    assert release.helper is not None
    helper = release.helper
    help_with(
        release=release,
        step=step,
        helper=helper,
        at=at,
        act=lambda held: save_section(
            application=held.application, answer=answer, actor=Actor.of(helper), at=at
        ),
    )
