"""The customer sends the application; from here on our clock runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import ApplicationResubmitted, ApplicationSubmitted
from accounts.facts import facts_of
from accounts.models import Application, Section
from accounts.papers.kinds import CARD
from accounts.papers.selectors import counting_sighting
from accounts.review.routing import skills_of_paper
from accounts.rules import missing
from accounts.selectors import agrees_to_opening, review_promise
from accounts.sending import look
from accounts.states import EDITABLE, WITH_US, SectionStatus, Status, Step
from accounts.use_cases.automatic_checks import request_checks
from accounts.use_cases.look_again import reopen_out_of_date, why
from accounts.use_cases.photos import pictures_of, tell_pictures
from accounts.use_cases.writing import keep, lock, sections_moved
from brokerage.core.clock import business_date
from brokerage.core.saving import write_of
from brokerage.core.written import SOME_KEY, Written
from brokerage.journal.actors import Actor
from brokerage.journal.record import together
from brokerage.reference.calendars import Ahead
from suitability.content import paper_for
from suitability.selectors import counting_assessment

SECTIONS = Written(
    lambda application: Section.objects.filter(application=application), application=SOME_KEY
)


class UnableToSubmit(Exception):
    """It cannot be sent now; the message is translated, `steps` are still to be done."""

    def __init__(self, message: str, steps: Sequence[Step] = ()) -> None:
        super().__init__(message)
        self.steps = tuple(steps)


def submit_application(*, application: Application, actor: Actor, at: datetime) -> Application:
    """Send a draft, or a returned application again. Sending twice changes nothing.

    Args:
        application: locked here.
        actor: the customer.
        at: the instant.

    What ran out since it was filled in is opened again, whatever the caller does with the refusal:
    call it outside a transaction.

    Raises:
        UnableToSubmit: when steps are missing or hold no more on this day, or the
            application has ended.
    """
    with transaction.atomic():
        row = lock(application, "customer__user")
        if row.status in WITH_US:
            return row
        if row.status not in EDITABLE:
            raise UnableToSubmit(_("This application has ended."))
        parts = {part.step: part for part in SECTIONS.load(application=row.pk)}
        stale = reopen_out_of_date(application=row, parts=parts, at=at)
        if not stale:
            return _submit(row, parts, actor, at)
    raise UnableToSubmit(why(stale), stale)


def _submit(
    row: Application, parts: Mapping[str, Section], actor: Actor, at: datetime
) -> Application:
    """Send a locked application whose answers hold."""
    on = business_date(at)
    pictures = pictures_of(row, parts.get(Step.IDENTITY))
    days, looked = Ahead(on), look(row, pictures.values())
    row.assessment = counting_assessment(row.customer, on)
    _refuse_unless_whole(row, looked.agreed, on)
    assert row.outlet is not None
    was = row.status
    first = row.submitted_at is None
    row.move_to(Status.REVIEWING if row.claimed_by_id else Status.SUBMITTED)
    row.submitted_at = row.submitted_at or at
    row.hands_since = at if row.claimed_by_id else None
    row.promised_at, rule = review_promise(at, days)
    row.returned_steps, row.returned_note = [], ""
    row.forget_route()
    row.skills = skills_of_paper(row.paper, row.age_group)
    outlet = row.customer.home_outlet_ref = row.outlet.ref  # looks after them from now on
    rows = [
        sections_moved(row, [SectionStatus.COMPLETE], SectionStatus.IN_REVIEW, at=at),
        write_of(row.customer, ["home_outlet_ref"]),
    ]
    event = ApplicationSubmitted if first else ApplicationResubmitted
    with together():
        tell_pictures(application=row, pictures=pictures, hashes=looked.hashes, actor=actor, at=at)
        request_checks(
            application=row,
            parts=parts,
            looked=looked,
            actor=actor,
            at=at,
            days=days,
            rows=rows,
        )
        return keep(
            row,
            event,
            actor=actor,
            at=at,
            was=was,
            rule_version=rule,
            rows=rows,
            outlet=outlet,
        )


def _refuse_unless_whole(row: Application, agreed: frozenset[str], on: date) -> None:
    if steps := missing(facts_of(row)):
        raise UnableToSubmit(_("Some steps are still to be done."), steps)
    if row.paper != CARD and counting_sighting(row) is None:
        raise UnableToSubmit(
            _("An outlet has to see the original of your document."), [Step.IDENTITY]
        )
    if row.assessment and row.assessment.questionnaire.key != paper_for(row.customer):
        raise UnableToSubmit(
            _("The risk assessment is that of a person. Do the one for organisations."),
            [Step.ASSESSMENT],
        )
    if not agrees_to_opening(row, agreed):
        raise UnableToSubmit(_("You withdrew an agreement that we need."), [Step.CONSENTS])
    if row.outlet and row.outlet.closed_on and row.outlet.closed_on <= on:
        raise UnableToSubmit(_("This outlet has closed. Choose another."), [Step.OUTLET])
