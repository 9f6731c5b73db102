"""Staff hold the original of a paper that no register outside knows, and say what they saw."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Application, CaseRelease, Section, Sighting
from accounts.models.sightings import subject_of
from accounts.papers.dated import paper_terms
from accounts.papers.events import OriginalSeen
from accounts.papers.kinds import paper_of
from accounts.papers.states import Look
from accounts.states import Step
from accounts.use_cases.save_section import StepRefused
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


def see_original(
    *, release: CaseRelease, helper: User, looks: Collection[Look], at: datetime
) -> Sighting:
    """Record that the original of the paper in the identity section was looked at.

    Args:
        release: in use by `helper`, its application locked by the caller (`help_with`).
        helper: who holds the original.
        looks: what was looked at.
        at: the instant.

    Raises:
        StepRefused: when no rule is in force for the paper, or something was not looked at.
    """
    row = release.application
    assert release.outlet is not None, "an opened release has its outlet"
    with transaction.atomic():
        answers = Section.objects.get(application=row, step=Step.IDENTITY).answers
        paper = paper_of(answers)
        terms = paper_terms(paper, business_date(at))
        if terms is None or set(looks) != set(terms.looks):
            raise StepRefused(
                _("The step stays open until you have looked at all of it yourself.")
            )
        made = Sighting(
            application=row,
            release=release,
            outlet=release.outlet,
            seen_by=helper,
            paper=paper,
            subject=subject_of(answers),
            looks=[str(each) for each in terms.looks],
            rule_version=terms.version,
            seen_at=at,
        )
        made.save()
        version = Application.objects.values_list("version", flat=True).get(pk=row.pk)
        record(
            OriginalSeen(
                subject=row.ref,
                customer=row.customer.ref,
                version=version,
                status=row.status,
                sighting=made.ref,
                paper=str(paper),
                looks=tuple(made.looks),
                outlet=release.outlet.ref,
            ),
            actor=Actor.of(helper),
            at=at,
            rule_version=terms.version,
        )
        return made
