"""A customer lets one outlet help with exactly the open step of an application.

The code is that of the counter (`accounts.use_cases.release_codes`); whatever moves the
application on ends the release (`steps.move`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.states import LIVE, ReleaseEnd, ReleaseStatus
from accounts.dated import CounterTerms, counter_terms
from accounts.models import PermissionApplication, PermissionRelease
from accounts.permissions.events import (
    PermissionOffered,
    PermissionOpenedAtOutlet,
    PermissionStepHelped,
)
from accounts.permissions.states import AT_COUNTER, CaseStatus
from accounts.permissions.use_cases.steps import ACTOR, close_counter, lock_case, tell
from accounts.use_cases.release_codes import (
    UnableToRelease,
    code_hash,
    fresh_code,
    hashes_of,
    open_at_outlet,
)
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.users.models import User


def offer(*, case: PermissionApplication, actor: Actor, at: datetime) -> PermissionRelease:
    """Make a new code for the step that is open; an earlier release ends.

    Args:
        case: locked here.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToRelease: when an outlet can do nothing at this step.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status not in AT_COUNTER:
            raise UnableToRelease(_("There is nothing to do at the moment."))
        close_counter(row, ReleaseEnd.NEWER, actor, at)
        terms = counter_terms(business_date(at))
        code = fresh_code()
        made = PermissionRelease.objects.create(
            case=row,
            applicant_id=row.customer.user_id,
            step=row.status,
            code=code,
            code_hash=code_hash(code),
            offered_at=at,
            until=at + timedelta(minutes=terms.code_minutes),
        )
        tell(
            PermissionOffered,
            row,
            actor=actor,
            at=at,
            rule_version=terms.version,
            release=made.ref,
            step=made.step,
        )
        return made


def open_permission(
    code: str, outlet: OrgUnit, helper: User, terms: CounterTerms, at: datetime
) -> PermissionRelease | None:
    """Open the release that a code leads to; None where it leads to no permission.

    Raises:
        UnableToRelease: for one's own application.
    """
    rows = PermissionRelease.objects.live(at).filter(
        status=ReleaseStatus.OFFERED, code_hash__in=hashes_of(code)
    )
    seen = rows.select_related("case").first()
    if seen is None:
        return None
    row = lock_case(seen.case)
    found = rows.select_for_update(of=("self",)).filter(pk=seen.pk).first()
    if found is None:
        return None
    if found.applicant_id == helper.pk:
        raise UnableToRelease(_("Nobody helps with their own application."))
    found.case = row
    open_at_outlet(found, outlet, helper, terms, at)
    tell(
        PermissionOpenedAtOutlet,
        row,
        actor=Actor.of(helper),
        at=at,
        rule_version=terms.version,
        release=found.ref,
        outlet=outlet.ref,
    )
    return found


def end(*, case: PermissionApplication, ended_by: ReleaseEnd, actor: Actor, at: datetime) -> None:
    """End the live release of an application, if there is one; see `release_case.end_case`."""
    with transaction.atomic():
        close_counter(lock_case(case), ended_by, actor, at)


def end_run_out(*, release: PermissionRelease, at: datetime) -> None:
    """End a release whose time ran out; one that was ended or renewed meanwhile stays."""
    with transaction.atomic():
        row = lock_case(release.case)
        mine = PermissionRelease.objects.filter(pk=release.pk, status__in=LIVE, until__lte=at)
        if mine.exists():
            close_counter(row, ReleaseEnd.TIME, ACTOR, at)


def explain_begins(
    *, release: PermissionRelease, helper: User, language: str, at: datetime
) -> None:
    """Staff open the disclosure beside the customer, in their language; its time begins.

    Raises:
        UnableToRelease: when the release does not hold, or is of another step.
    """
    from accounts.permissions.use_cases.agreeing import open_text  # it ends releases itself

    _help(
        release,
        CaseStatus.DISCLOSURE,
        helper,
        at,
        lambda row, held: open_text(case=row, language=language, at=at),
    )


def explain_ends(*, release: PermissionRelease, helper: User, at: datetime) -> PermissionRelease:
    """Staff explained the disclosure: theirs on record. Whether they read it says the customer.

    Raises:
        UnableToRelease: when the release does not hold, nothing was opened, or it was too quick.
    """

    def least(row: PermissionApplication, held: PermissionRelease) -> None:
        if row.text is None or row.text_opened_at is None or held.taken_at is None:
            raise UnableToRelease(_("There is nothing to read now."))
        # what the customer read alone before is no explanation of this person's
        if at < max(row.text_opened_at, held.taken_at) + timedelta(seconds=row.text.least_seconds):
            raise UnableToRelease(
                _("That was quick. Read it for at least {seconds} seconds.").format(
                    seconds=row.text.least_seconds
                )
            )

    return _help(release, CaseStatus.DISCLOSURE, helper, at, least, done=True)


def ask_again(*, release: PermissionRelease, helper: User, at: datetime) -> PermissionRelease:
    """Staff ask the depository now, without waiting for the pause after a failure.

    Raises:
        UnableToRelease: when the release does not hold, or the depository has closed.
    """
    from accounts.permissions.use_cases.reporting import ask_now  # it ends releases itself

    def asked(row: PermissionApplication, held: PermissionRelease) -> None:
        if not ask_now(row, at):
            raise UnableToRelease(_("The depository answers on trading days from 9:00 to 16:00."))

    return _help(release, CaseStatus.CHECKING, helper, at, asked, done=True)


def _help(
    release: PermissionRelease,
    step: CaseStatus,
    helper: User,
    at: datetime,
    act: Callable[[PermissionApplication, PermissionRelease], None],
    *,
    done: bool = False,
) -> PermissionRelease:
    """Do `act` while the release holds; done, it is the outlet's on record and the release ends.

    The case is locked before the release, so that a customer who ends it waits for what is just
    being saved, and nothing is saved afterwards.
    """
    with transaction.atomic():
        row = lock_case(release.case)
        rows = PermissionRelease.objects.select_for_update(of=("self",)).live(at)
        held = (
            rows.filter(pk=release.pk, helper=helper, status=ReleaseStatus.IN_USE, step=step)
            .select_related("outlet")
            .first()
        )
        if held is None:
            raise UnableToRelease(
                _("The customer's release has ended. Nothing was saved; ask for a new code.")
            )
        act(row, held)
        if done:
            held.done_at = at
            held.save(update_fields=["done_at"])
            assert held.outlet is not None, "an opened release has its outlet"
            tell(
                PermissionStepHelped,
                row,
                actor=Actor.of(helper),
                at=at,
                release=held.ref,
                outlet=held.outlet.ref,
                step=held.step,
            )
            close_counter(row, ReleaseEnd.STAFF, Actor.of(helper), at)
            held.refresh_from_db()
        return held
