"""What the page of an opened case shows, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.counter.rules import may_do
from accounts.counter.states import AT_COUNTER
from accounts.facts import facts_of, statuses_of
from accounts.models import CaseRelease
from accounts.rules import steps
from accounts.states import SectionStatus, Step
from accounts.use_cases.sign_on_paper import may_sign_by_hand


@dataclass(frozen=True)
class Line:
    """One step of the case.

    Attributes:
        title: the step.
        tone: of its chip.
        said: where it stands.
        url: of its page, where staff may do it now.
    """

    title: str
    tone: str
    said: str
    url: str = ""


def page_of(release: CaseRelease, at: datetime) -> dict[str, Any]:
    """The context of the page: the release, its steps, and the instant."""
    row = release.application
    facts = facts_of(row)
    entered = {
        step for step, status in statuses_of(row).items() if status == SectionStatus.ENTERED
    }
    lines = [
        _line(release, step, done, step in entered, may_do(step, done=facts.done, may_change=True))
        for step, done in steps(facts)
        if row.may_change(step) or done
    ]
    return {"release": release, "row": row, "lines": lines, "at": at}


def _line(release: CaseRelease, step: Step, done: bool, entered: bool, may: bool) -> Line:
    title = str(step.label)
    if done:
        return Line(title, "done", pgettext("step", "done"))
    if step == Step.AGREEMENTS and may_sign_by_hand(release.application):
        url = reverse("admin:accounts_application_case_paper", args=[release.ref])
        return Line(title, "info", _("By hand on paper"), url)
    if step not in AT_COUNTER or not may:
        return Line(title, "", _("On the customer's phone"))
    url = _url(release, step)
    if entered:
        return Line(title, "wait", _("Waits for the customer's confirmation"), url)
    return Line(title, "info", pgettext("step", "open"), url)


def _url(release: CaseRelease, step: Step) -> str:
    if step == Step.VIDEO:
        page = "case_person" if release.application.without_face else "case_video"
        return reverse(f"admin:accounts_application_{page}", args=[release.ref])
    return reverse("admin:accounts_application_case_step", args=[release.ref, step.value])
