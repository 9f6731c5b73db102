"""Staff of an outlet do one open step under a customer's release; the customer confirms it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.counter.events import StepConfirmed, StepDoneAtCounter
from accounts.counter.rules import may_do, may_witness
from accounts.facts import facts_of, forget
from accounts.models import Application, Assist, CaseRelease, Section
from accounts.states import SectionStatus, Step
from accounts.use_cases.release_case import UnableToRelease, held_release
from accounts.use_cases.save_section import ChangedElsewhere, StepRefused
from accounts.use_cases.writing import keep, lock
from branches.models import Licence, OrgUnit
from branches.selectors import assignments_of
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

T = TypeVar("T")


def help_with(
    *,
    release: CaseRelease,
    step: Step,
    helper: User,
    at: datetime,
    act: Callable[[CaseRelease], T],
) -> T:
    """Do `act` for one open step while the release holds, and credit the outlet when it is done.

    Args:
        release: of `helper`; locked here with its application, so that a customer who ends it
            waits for what is just being saved, and nothing is saved afterwards.
        step: one that is open and that is done at counters.
        helper: who does it.
        at: the instant.
        act: the write itself, given the locked release.

    Raises:
        UnableToRelease: when the release does not hold, or the step is not for this person.
        StepRefused: what `act` raises.
    """
    with transaction.atomic():
        held = held_release(release, helper, at)
        row = held.application
        if not may_do(step, done=facts_of(row).done, may_change=row.may_change(step)):
            raise UnableToRelease(_("This step is closed at the counter."))
        if step == Step.VIDEO and not is_witness(helper, held, at):
            raise UnableToRelease(
                _("A witness of this outlet records the video: a trained opening officer.")
            )
        done = act(held)
        credit(held, step, helper, at)
        return done


def is_witness(helper: User, release: CaseRelease, at: datetime) -> bool:
    """Whether this person may witness at the outlet of the release today."""
    held = assignments_of(helper, business_date(at))
    over = OrgUnit.objects.above(_outlet(release), business_date(at)).values("pk")
    here = held.filter(Q(unit=_outlet(release)) | Q(unit__in=over))
    licences = Licence.objects.on(business_date(at)).filter(user=helper)
    return may_witness(
        roles=held.values_list("role", flat=True),
        here=here.values_list("role", flat=True),
        licences=licences.values_list("kind__code", flat=True),
    )


def confirm_step(
    *, application: Application, step: Step, version: int, actor: Actor, at: datetime
) -> Application:
    """The customer confirms what staff entered for a step, as the page showed it.

    Args:
        application: locked here.
        step: one that staff entered.
        version: of the section, as the page showed it.
        actor: the customer.
        at: the instant.

    Raises:
        StepRefused: when nothing waits to be confirmed, or (ChangedElsewhere) it changed since.
    """
    with transaction.atomic():
        row = lock(application)
        section = Section.objects.filter(application=row, step=step).first()
        if section is None or not row.may_change(step) or section.status != SectionStatus.ENTERED:
            raise StepRefused(_("Nothing waits here for your confirmation."))
        if section.version != version:
            raise ChangedElsewhere(
                _("Somebody changed this on another device meanwhile. Nothing was overwritten.")
            )
        section.move_to(SectionStatus.COMPLETE)
        section.version, section.human_version = section.version + 1, None
        section.updated_at = at
        section.save()
        facts: dict[str, Any] = {"step": step.value, "section": str(section.status)}
        return keep(row, StepConfirmed, actor=actor, at=at, was=row.status, **facts)


def credit(release: CaseRelease, step: Step, helper: User, at: datetime) -> None:
    """Credit a step to the outlet, once, as soon as nothing is missing in it."""
    row = release.application
    forget(row)
    entered = Section.objects.filter(
        application=row, step=step, status=SectionStatus.ENTERED
    ).exists()
    if not entered and step not in facts_of(row).done:
        return
    _row, made = Assist.objects.get_or_create(
        application=row,
        step=step,
        outlet=_outlet(release),
        defaults={"release": release, "helper": helper, "done_at": at},
    )
    if made:
        record(
            StepDoneAtCounter(
                subject=row.ref,
                customer=row.customer.ref,
                version=Application.objects.values_list("version", flat=True).get(pk=row.pk),
                status=row.status,
                step=step.value,
                release=release.ref,
                outlet=_outlet(release).ref,
            ),
            actor=Actor.of(helper),
            at=at,
        )


def _outlet(release: CaseRelease) -> OrgUnit:
    assert release.outlet is not None, "an opened release has its outlet"
    return release.outlet
