"""What the pages of an application share: whose it is, its steps, and where each leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.counter.states import AT_COUNTER
from accounts.facts import (
    facts_of,
    medians_of,
    statuses_of,
    with_facts,
    with_present_assessment,
)
from accounts.models import Application
from accounts.rules import steps
from accounts.selectors import minutes_left
from accounts.states import SECTION_DONE, Step
from brokerage.core import clock
from brokerage.core.display.languages import reads_english
from brokerage.customers.own import OwnRow, customer_user_or_404
from brokerage.journal.actors import Actor

READ_OR_WRITE = require_http_methods(["GET", "HEAD", "POST"])
OWN_PAGE = {
    Step.SEND: "accounts:send",
    Step.VIDEO: "accounts:video",
    Step.AGREEMENTS: "accounts:agreements",
    Step.PASSWORDS: "accounts:passwords",
}


IN_HAND = "application_in_hand"
MINE = OwnRow(lambda: with_facts(Application.objects.select_related("customer", "outlet")))
MINE_FIRST = MINE.needed_first(on=clock.today)
"""Marks the views of the opening, which begin with `mine`: it is read with the session."""


def mine(request: HttpRequest, ref: UUID) -> Application:
    """The customer's own application; anybody else's does not exist.

    Where the next page is made within this request (`onward`), it is the one in hand.
    """
    in_hand: Application | None = request.__dict__.get(IN_HAND)
    if in_hand is not None and in_hand.ref == ref:
        return in_hand
    found = MINE.or_404(request, ref, on=clock.today())
    found.customer.user = customer_user_or_404(request)  # it is theirs: not asked for once more
    return found


def onward(
    request: HttpRequest, application: Application, step: str, at: datetime
) -> HttpResponse:
    """To what comes after a step.

    Args:
        request: that finished it; whoever makes the next page of it finds the application there.
        application: as it was written, with customer and outlet.
        step: which.
        at: the instant.
    """
    return keeping_in_hand(request, application, after(application, step, at))


def keeping_in_hand(request: HttpRequest, application: Application, address: str) -> HttpResponse:
    """To a page of the application as it is in hand: a page made at once asks for it no more."""
    setattr(request, IN_HAND, application)
    return redirect(address)


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in."""
    user: Any = request.user
    return Actor.of(user)


def language() -> str:
    """The reader's language, as texts are kept in."""
    return "en" if reads_english() else "zh-hans"


def url_of(application: Application, step: Step) -> str:
    """The page of a step."""
    if step == Step.ASSESSMENT:
        there = urlencode({"next": reverse("accounts:next_step", args=[application.ref])})
        return f"{reverse('suitability:start')}?{there}"
    if name := OWN_PAGE.get(step):
        return reverse(name, args=[application.ref])
    return reverse("accounts:step", args=[application.ref, step.value])


def after(application: Application, step: str, at: datetime) -> str:
    """The same step while something is missing in it, else the first that is still to be done."""
    status = statuses_of(application).get(step)
    if status is not None and status not in SECTION_DONE:
        return url_of(application, Step(step))
    return first_open(with_present_assessment(application, clock.business_date(at)))


def first_open(application: Application) -> str:
    """The page of the first step that is still to be done."""
    following = [each for each, done in steps(facts_of(application)) if not done]
    return url_of(application, following[0])


def is_done(application: Application, step: Step) -> bool:
    """Whether a step is finished now."""
    return step in facts_of(application).done


@dataclass(frozen=True)
class StepLine:
    """A step in the list of all; title and address are made where a page shows them.

    Attributes:
        state: ok, now or todo.
    """

    application: Application
    step: Step
    state: str

    @property
    def title(self) -> str:
        return str(self.step.label)

    @property
    def url(self) -> str:
        """Empty where it cannot be opened yet or any more."""
        opens = self.state == "now" or self.application.may_change(self.step)
        return url_of(self.application, self.step) if opens else ""


def frame(application: Application, at: datetime) -> dict[str, Any]:
    """What every page of an application shows: its steps, and what is left."""
    lines = []
    now_set = False
    found = steps(facts_of(application))
    for each, done in found:
        now = not done and not now_set
        now_set = now_set or now
        lines.append(StepLine(application, each, "ok" if done else "now" if now else "todo"))
    left = [step for step, done in found if not done]
    return {
        "application": application,
        "at_counter": AT_COUNTER,
        "steps": lines,
        "now": next((line for line in lines if line.state == "now"), None),
        "done": len(found) - len(left),
        "total": len(lines),
        "left": len(left),
        "minutes": minutes_left(left, medians_of(application)),
        "need": _needed(left),
    }


def _needed(left: list[Step]) -> str:
    """What to have at hand for the steps that are left."""
    if Step.IDENTITY in left:
        return _("You will need your identity card and a bank card.")
    return _("You will need a bank card.") if Step.BANK in left else ""
