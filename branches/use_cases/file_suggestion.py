"""Staff say what they would change on a screen; customers say what they think of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from branches.events import SuggestionFiled, VoiceRaised
from branches.models import OrgUnit, Ownership, Suggestion, Voice
from branches.selectors import assignments_of
from branches.states import Kind
from branches.suggestions.dated import ANSWER_DAYS
from branches.suggestions.personal import tells_of_a_person
from branches.suggestions.states import Device, Mood
from branches.suggestions.steps import steps
from brokerage import __version__
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import add_working_days
from brokerage.reference.models import Rule
from brokerage.users.models import User


class UnableToFile(Exception):
    """The suggestion cannot be taken; `field` names where, the message is translated."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody stood.

    Attributes:
        step: a registered step, such as `accounts.identity`.
        screen: name of the route; empty when unknown.
        device: what they held.
    """

    step: str
    screen: str = ""
    device: Device = Device.PHONE


@transaction.atomic
def file_suggestion(
    *, author: User, place: Place, title: str, text: str, at: datetime
) -> Suggestion:
    """Keep a suggestion; the department that owns the step answers it by the clock.

    Raises:
        UnableToFile: for an unknown step, a text that tells of a person, or an author
            without a unit.
    """
    for field, words in (("title", title), ("text", text)):
        if tells_of_a_person(words):
            raise UnableToFile(
                field, _("Leave numbers and addresses of people out; say what happened instead.")
            )
    assignment = assignments_of(author, business_date(at)).select_related("unit").first()
    if assignment is None:
        raise UnableToFile("text", _("You have no unit today, so there is nobody to credit."))
    row = Suggestion.objects.create(
        author=author,
        unit=assignment.unit,
        title=title.strip(),
        text=text.strip(),
        created_at=at,
        **_seen(place, at),
    )
    record(
        SuggestionFiled(subject=row.ref, author=author.ref, step=place.step, owner=row.owner.ref),
        actor=Actor.of(author),
        at=at,
    )
    return row


@transaction.atomic
def raise_voice(
    *, customer: Customer, place: Place, mood: Mood, text: str, actor: Actor, at: datetime
) -> Voice:
    """Keep what a customer says of a screen.

    Raises:
        UnableToFile: for an unknown step.
    """
    row = Voice(customer=customer, mood=mood, created_at=at, **_seen(place, at))
    row.text = text.strip()
    row.save()
    record(
        VoiceRaised(subject=row.ref, customer=customer.ref, step=place.step, mood=mood.value),
        actor=actor,
        at=at,
    )
    return row


def _seen(place: Place, at: datetime) -> dict[str, Any]:
    if place.step not in steps:
        raise UnableToFile("step", _("Choose the step that you mean."))
    day = business_date(at)
    days = Rule.objects.in_force(ANSWER_DAYS, day).figure
    return {
        "step": place.step,
        "screen": place.screen[:80],
        "device": place.device,
        "language": get_language() or settings.LANGUAGE_CODE,
        "release": __version__,
        "owner": _owner(place.step, at),
        "due_on": add_working_days(day, days),
    }


def _owner(step: str, at: datetime) -> OrgUnit:
    """The department that owns the step; head office itself where none does."""
    found: OrgUnit | None = Ownership.objects.all().owner_of(step, business_date(at))
    return found or OrgUnit.objects.get(kind=Kind.HEAD_OFFICE)
