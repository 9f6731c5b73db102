"""The desk: take an application, ask back, propose a verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.counter.selectors import has_helped
from accounts.events import ApplicationReturned, ReviewClaimed, ReviewReleased, VerdictProposed
from accounts.models import Application, CaseRelease, PaperSigning, ReviewSkill, Witnessing
from accounts.review.films import has_watched
from accounts.review.states import Skill
from accounts.selectors import agrees_to_face
from accounts.states import Lack, Refusal, SectionStatus, Status, Step, Verdict
from accounts.use_cases.recordings import redo_chapter, witnessing_of
from accounts.use_cases.writing import keep, lock, move_sections
from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.users.models import User


class UnableToReview(Exception):
    """The step is refused; the message is translated and may be shown."""


def claim_review(*, application: Application, officer: User, at: datetime) -> Application:
    """Take a sent application for review. The same officer may do it twice.

    Raises:
        UnableToReview: when another has it, it is not waiting, it is the officer's own, or the
            officer helped with it at a counter.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status == Status.REVIEWING and row.claimed_by_id == officer.pk:
            return row
        if row.applicant_id == officer.pk:
            raise UnableToReview(_("You cannot review your own application."))
        if has_helped(row, officer):
            raise UnableToReview(_("You helped the customer with it. Somebody else reviews it."))
        was = row.status
        try:
            row.move_to(Status.REVIEWING)
        except IllegalTransition as error:
            raise UnableToReview(_("This application does not wait for a review.")) from error
        if was != Status.SUBMITTED:
            raise UnableToReview(_("This application does not wait for a review."))
        if lacking := _skills_lacking(row, officer, at):
            raise UnableToReview(
                _("Somebody has to review it who has learned: {skills}.").format(
                    skills=", ".join(str(Skill(skill).label) for skill in lacking)
                )
            )
        row.claimed_by, row.hands_since = officer, at
        return keep(row, ReviewClaimed, actor=Actor.of(officer), at=at, was=was)


def take_next(*, officer: User, at: datetime) -> Application | None:
    """Claim the most urgent application that this officer may see and has learned to review.

    Officers who ask at the same time get different ones: rows that another holds are skipped.

    Returns:
        The application, or None where nothing waits.
    """
    skills = ReviewSkill.objects.of(officer, business_date(at)).values_list("skill", flat=True)
    with transaction.atomic():
        rows = scope.visible(Application, officer).filter(
            status=Status.SUBMITTED, skills__contained_by=list(skills)
        )
        found = (
            Application.objects.filter(pk__in=rows.values("pk"), status=Status.SUBMITTED)
            .exclude(applicant=officer)
            .exclude(pk__in=CaseRelease.objects.helped_by(officer).values("application"))
            .exclude(pk__in=Witnessing.objects.confirmed_by(officer).values("application"))
            .exclude(pk__in=PaperSigning.objects.filter(second=officer).values("application"))
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("promised_at", "pk")
            .first()
        )
        return claim_review(application=found, officer=officer, at=at) if found else None


def give_back(*, application: Application, officer: User, at: datetime) -> Application:
    """Let anybody else take an application that this officer has and did not propose on.

    Raises:
        UnableToReview: when it is not this officer's review, or a proposal waits.
    """
    with transaction.atomic():
        row = _in_review(application, officer)
        if row.recommended_by_id or row.paused:
            raise UnableToReview(_("A proposal waits, or the promise is on hold."))
        row.move_to(Status.SUBMITTED)
        row.claimed_by = None
        return keep(
            row, ReviewReleased, actor=Actor.of(officer), at=at, was=Status.REVIEWING.value
        )


def release_claim(
    *, application: Application, taken_before: datetime, rule_version: str, at: datetime
) -> Application | None:
    """Let anybody take an application that its officer did not come to; None where they did.

    Args:
        application: locked here.
        taken_before: reviews that were taken, let go on or given back by the second person
            before this instant end, unless a proposal waits for its second person.
        rule_version: of the rule that says how long an officer may take.
        at: the instant.
    """
    with transaction.atomic():
        row = lock(application)
        in_hands = row.status == Status.REVIEWING and row.recommended_by_id is None
        is_idle = in_hands and not row.paused
        if not is_idle or (row.hands_since or row.stage_since) >= taken_before:
            return None
        was = row.status
        row.move_to(Status.SUBMITTED)
        row.claimed_by = None
        return keep(
            row,
            ReviewReleased,
            actor=Actor.system("accounts.release_claims"),
            at=at,
            was=was,
            rule_version=rule_version,
        )


def propose_verdict(
    *,
    application: Application,
    officer: User,
    verdict: Verdict,
    refusal: Refusal | None = None,
    final: bool = False,
    reason: str = "",
    at: datetime,
) -> Application:
    """Propose to approve or not to accept; a second person decides.

    Args:
        application: in review by `officer`; locked here.
        officer: who reviewed it.
        verdict: the proposal.
        refusal: the reason told to the customer, needed exactly for a refusal.
        final: for a refusal: whether the customer cannot apply online again.
        reason: note for the journal, never shown to the customer.
        at: the instant.

    Raises:
        UnableToReview: when it is not this officer's review, the reason is missing, or somebody
            who would approve has not watched the video.
    """
    if (verdict == Verdict.REJECT) != (refusal is not None) or (final and refusal is None):
        raise UnableToReview(_("Give a reason exactly when you propose not to accept."))
    with transaction.atomic():
        row = _in_review(application, officer)
        if row.paused:
            raise UnableToReview(_("It is on hold. Let the promise go on first."))
        if verdict == Verdict.APPROVE and not has_watched(row, officer):
            raise UnableToReview(_("Watch the video first, and say that you did."))
        row.recommended_by, row.recommendation = officer, verdict
        row.refusal, row.final = refusal or "", final
        return keep(
            row,
            VerdictProposed,
            actor=Actor.of(officer),
            at=at,
            was=row.status,
            reason=reason,
            verdict=verdict.value,
        )


def return_application(
    *,
    application: Application,
    officer: User,
    steps: Sequence[Step],
    note: str,
    at: datetime,
    lack: Lack = Lack.OTHER,
    lacks: Mapping[Step, Lack] | None = None,
    staff_note: str = "",
    chapters: Collection[str] = (),
) -> Application:
    """Ask the customer to do the named steps again; all others stay closed and valid.

    Args:
        application: in review by `officer`; locked here.
        officer: who reviews it.
        steps: to be done again.
        note: for the customer: what to change.
        at: the instant.
        lack: the structured reason of the steps that `lacks` does not name.
        lacks: the structured reason of each step.
        staff_note: for colleagues, never shown to the customer.
        chapters: keys of the chapters to be recorded again where the video is among the steps;
            all of them where none is named.

    Raises:
        UnableToReview: when it is not this officer's review, or no step is named.
    """
    if not steps or Step.SEND in steps:
        raise UnableToReview(_("Name the steps that the customer has to do again."))
    with transaction.atomic():
        row = _in_review(application, officer)
        was = row.status
        row.move_to(Status.RETURNED)
        if row.paused:
            raise UnableToReview(_("It is on hold. Let the promise go on first."))
        row.recommended_by, row.recommendation, row.refusal, row.final = None, "", "", False
        if Step.VIDEO in steps and not agrees_to_face(row):
            row.without_face = True  # taken back meanwhile: two people at an outlet confirm them
        row.returned_steps, row.returned_note = [step.value for step in steps], note.strip()
        for step in steps:
            move_sections(
                row,
                [SectionStatus.IN_REVIEW],
                SectionStatus.INSUFFICIENT,
                at=at,
                steps=[step.value],
                lack=(lacks or {}).get(step, lack).value,
                customer_note=note.strip(),
                staff_note=staff_note.strip(),
            )
        if Step.VIDEO in steps:
            why = (lacks or {}).get(Step.VIDEO, lack)
            _reopen_video(row, chapters, note.strip() or why, Actor.of(officer), at)
        return keep(
            row,
            ApplicationReturned,
            actor=Actor.of(officer),
            at=at,
            was=was,
            steps=tuple(step.value for step in steps),
        )


def _reopen_video(
    row: Application, keys: Collection[str], why: str, actor: Actor, at: datetime
) -> None:
    """Have chapters recorded again, with new digits and the reason in the customer's language.

    Args:
        why: the note as it was written, or a Lack.
    """
    with override(row.customer.language or "zh-hans"):
        reason = str(Lack(why).label if why in Lack.values else why)
    made = witnessing_of(row)
    for chapter in made.chapters.all() if made else ():
        if not keys or chapter.key in keys:
            redo_chapter(chapter=chapter, actor=actor, at=at, reason=reason)


def _skills_lacking(row: Application, officer: User, at: datetime) -> list[str]:
    if not row.skills:
        return []
    has = set(ReviewSkill.objects.of(officer, business_date(at)).values_list("skill", flat=True))
    return [skill for skill in row.skills if skill not in has]


def _in_review(application: Application, officer: User) -> Application:
    row = lock(application)
    if row.status != Status.REVIEWING or row.claimed_by_id != officer.pk:
        raise UnableToReview(_("Take this application for review first."))
    return row
