"""Two people at an outlet confirm in person who somebody is, without a recording.

The means beside the recording, for whoever does not agree to the use of their face (PIPL article
29; the measures on face recognition of 2025 ask for another reasonable way).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.counter.events import PersonConfirmed
from accounts.counter.selectors import outlets_to_help_at
from accounts.counter.states import PersonLook, ReleaseStatus
from accounts.evidence.dated import VIDEO_SCRIPT
from accounts.evidence.states import WitnessingMode, WitnessingStatus
from accounts.models import Application, CaseRelease, Witnessing
from accounts.states import Step
from accounts.use_cases.help_at_counter import credit, is_witness
from accounts.use_cases.release_case import UnableToRelease, held_release
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User


def confirm_first(
    *, release: CaseRelease, helper: User, looks: Collection[str], language: str, at: datetime
) -> Witnessing:
    """The first person says what they looked at; a second one completes it.

    Args:
        release: in use by `helper`, its application locked by the caller (`help_with`).
        helper: a witness of the outlet, which `help_with` has checked.
        looks: what was looked at; all of `PersonLook`.
        language: that the customer was spoken to in.
        at: the instant.

    Raises:
        UnableToRelease: when the customer agreed to a recording, or something was not looked at.
    """
    row = release.application
    with transaction.atomic():
        if not row.without_face:
            raise UnableToRelease(_("The customer agreed to a recording. Record the video."))
        _refuse_unless_all(looks)
        rows = Witnessing.objects.current().select_for_update(of=("self",))
        before = rows.filter(application=row).first()
        if before and before.status == WitnessingStatus.COMPLETE:
            return before
        if before:
            before.move_to(WitnessingStatus.SUPERSEDED)
            before.save(update_fields=["status"])
        made = Witnessing.objects.create(
            application=row,
            mode=WitnessingMode.PRESENT,
            witness=helper,
            place=release.outlet,
            script_version=Rule.objects.in_force(VIDEO_SCRIPT, business_date(at)).version,
            language=language,
            begun_at=at,
        )
        _tell(release, made, helper, looks, at)
        return made


def confirm_second(
    *, release: CaseRelease, second: User, looks: Collection[str], at: datetime
) -> Witnessing:
    """Another person at the same outlet confirms the same; then the step is done.

    Args:
        release: in use by the first person; locked here after its application.
        second: another witness of the outlet.
        looks: what was looked at; all of `PersonLook`.
        at: the instant.

    Raises:
        UnableToRelease: when it is the first person, nobody has begun, the release does not hold
            any more, or something was not looked at.
    """
    with transaction.atomic():
        assert release.helper is not None, "an opened release has its helper"
        held = held_release(release, release.helper, at)
        row = held.application
        if second.pk in (held.helper_id, row.applicant_id):
            raise UnableToRelease(_("A second person has to confirm it."))
        if not is_witness(second, held, at):
            raise UnableToRelease(
                _("A witness of this outlet confirms it: a trained opening officer.")
            )
        if second.pk in (row.claimed_by_id, row.recommended_by_id):
            raise UnableToRelease(
                _("You review this application. Somebody else helps the customer with it.")
            )
        rows = Witnessing.objects.current().select_for_update(of=("self",))
        made = rows.filter(application=row, mode=WitnessingMode.PRESENT).first()
        if made is None or not row.without_face or made.witness_id != held.helper_id:
            raise UnableToRelease(_("Nobody has begun to confirm this person."))
        if made.status == WitnessingStatus.COMPLETE:
            return made
        _refuse_unless_all(looks)
        made.move_to(WitnessingStatus.COMPLETE)
        made.second_witness, made.completed_at = second, at
        made.save(update_fields=["status", "second_witness", "completed_at"])
        _tell(held, made, second, looks, at)
        credit(held, Step.VIDEO, release.helper, at)
        return made


def to_confirm(user: User, at: datetime) -> QuerySet[CaseRelease]:
    """Cases at this person's outlets in which a colleague waits for the second confirmation."""
    begun = Witnessing.objects.current().filter(
        mode=WitnessingMode.PRESENT, status=WitnessingStatus.OPEN
    )
    outlets = outlets_to_help_at(user, business_date(at))
    rows = CaseRelease.objects.live(at).filter(
        status=ReleaseStatus.IN_USE,
        outlet__in=outlets,
        application__without_face=True,
        application__in=begun.values("application"),
    )
    rows = rows.exclude(helper=user).exclude(application__applicant=user)
    return rows.select_related("application__customer", "outlet", "helper").order_by("taken_at")


def present_of(application: Application) -> Witnessing | None:
    """The confirmation in person of an application, begun or done, or None."""
    rows = Witnessing.objects.current().select_related("witness", "second_witness")
    return rows.filter(application=application, mode=WitnessingMode.PRESENT).first()


def _refuse_unless_all(looks: Collection[str]) -> None:
    if set(map(str, looks)) != set(PersonLook.values):
        raise UnableToRelease(
            _("The step stays open until you have looked at all of it yourself.")
        )


def _tell(
    release: CaseRelease, made: Witnessing, person: User, looks: Collection[str], at: datetime
) -> None:
    row = release.application
    assert release.outlet is not None, "an opened release has its outlet"
    version = Application.objects.values_list("version", flat=True).get(pk=row.pk)
    record(
        PersonConfirmed(
            subject=row.ref,
            customer=row.customer.ref,
            version=version,
            status=row.status,
            witnessing=made.ref,
            looks=tuple(sorted(map(str, looks))),
            outlet=release.outlet.ref,
        ),
        actor=Actor.of(person),
        at=at,
    )
