"""A customer lets one outlet help: a code is offered, typed by staff, and ended again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.events import CaseClosed, CaseOffered, CaseOpened
from accounts.counter.states import LIVE, ReleaseEnd, ReleaseStatus
from accounts.dated import CounterTerms, counter_terms
from accounts.events import ApplicationEvent
from accounts.models import Application, CaseRelease
from accounts.use_cases.release_codes import UnableToRelease as UnableToRelease
from accounts.use_cases.release_codes import (
    code_hash,
    end_release,
    fresh_code,
    hashes_of,
    open_at_outlet,
    take_code,
)
from accounts.use_cases.writing import lock
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

CLOCK = Actor.system("accounts.end_releases")


def offer_case(*, application: Application, actor: Actor, at: datetime) -> CaseRelease:
    """Make a new code for staff of an outlet; an earlier release ends.

    Args:
        application: locked here.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToRelease: when there is nothing that an outlet could help with.
    """
    with transaction.atomic():
        row = lock(application)
        if not row.is_editable:
            raise UnableToRelease(_("There is nothing to do at the moment."))
        _end_live(row, ReleaseEnd.NEWER, actor, at)
        terms = counter_terms(business_date(at))
        code = fresh_code()
        made = CaseRelease.objects.create(
            application=row,
            applicant_id=row.applicant_id,
            code=code,
            code_hash=code_hash(code),
            offered_at=at,
            until=at + timedelta(minutes=terms.code_minutes),
        )
        _tell(row, CaseOffered, actor, at, rule_version=terms.version, release=made.ref)
        return made


def take_case(*, code: str, outlet: OrgUnit, helper: User, at: datetime) -> CaseRelease:
    """Open the opening of an account that a code belongs to; see `take_code`.

    Raises:
        UnableToRelease: also for one's own case and one that this person reviews.
    """
    return take_code(code=code, outlet=outlet, helper=helper, at=at, openers=[open_case])


def end_case(
    *, application: Application, ended_by: ReleaseEnd, actor: Actor, at: datetime
) -> None:
    """End the live release of an application, if there is one.

    Args:
        application: locked here, so that whoever is just saving under it finishes first.
        ended_by: why.
        actor: who ends it.
        at: the instant.
    """
    with transaction.atomic():
        _end_live(lock(application), ended_by, actor, at)


def end_run_out(*, release: CaseRelease, at: datetime) -> None:
    """End a release whose time ran out; one that was ended or renewed meanwhile stays."""
    with transaction.atomic():
        row = lock(release.application)
        if CaseRelease.objects.filter(pk=release.pk, status__in=LIVE, until__lte=at).exists():
            _end_live(row, ReleaseEnd.TIME, CLOCK, at)


def held_release(release: CaseRelease, helper: User, at: datetime) -> CaseRelease:
    """The release as it stands, locked after its application until the transaction ends.

    Raises:
        UnableToRelease: when it is not `helper`'s, ended, ran out, or the case is closed.
    """
    row = lock(release.application)
    held = (
        CaseRelease.objects.select_for_update(of=("self",))
        .live(at)
        .filter(pk=release.pk, helper=helper, status=ReleaseStatus.IN_USE)
        .select_related("outlet")
        .first()
    )
    if held is None or not row.is_editable:
        raise UnableToRelease(
            _("The customer's release has ended. Nothing was saved; ask for a new code.")
        )
    held.application = row
    return held


def open_case(
    code: str, outlet: OrgUnit, helper: User, terms: CounterTerms, at: datetime
) -> CaseRelease | None:
    """Open the release that a code leads to; None where it leads to no opening of an account."""
    found = _offered(code, at)
    if found is None:
        return None
    row = found.application
    if row.applicant_id == helper.pk:
        raise UnableToRelease(_("Nobody helps with their own application."))
    if helper.pk in (row.claimed_by_id, row.recommended_by_id):
        raise UnableToRelease(
            _("You review this application. Somebody else helps the customer with it.")
        )
    open_at_outlet(found, outlet, helper, terms, at)
    facts: dict[str, Any] = {"release": found.ref, "outlet": outlet.ref}
    _tell(row, CaseOpened, Actor.of(helper), at, rule_version=terms.version, **facts)
    return found


def _offered(code: str, at: datetime) -> CaseRelease | None:
    """The release that a code opens, locked after its application; None where there is none."""
    rows = CaseRelease.objects.live(at).filter(
        status=ReleaseStatus.OFFERED, code_hash__in=hashes_of(code)
    )
    seen = rows.select_related("application").first()
    if seen is None:
        return None
    row = lock(seen.application)
    found = rows.select_for_update(of=("self",)).filter(pk=seen.pk).first()
    if found is None or not row.is_editable:
        return None
    found.application = row
    return found


def _end_live(row: Application, ended_by: ReleaseEnd, actor: Actor, at: datetime) -> None:
    """End what is live of a locked application; what ran out says so."""
    live = CaseRelease.objects.select_for_update(of=("self",)).filter(
        application=row, status__in=LIVE
    )
    for release in live:
        ran_out = release.until <= at
        end_release(release, ReleaseEnd.TIME if ran_out else ended_by, at)
        facts: dict[str, Any] = {"release": release.ref, "ended_by": str(release.ended_by)}
        _tell(row, CaseClosed, CLOCK if ran_out else actor, at, **facts)


def _tell(
    row: Application,
    event: type[ApplicationEvent],
    actor: Actor,
    at: datetime,
    rule_version: str = "",
    **facts: Any,
) -> None:
    record(
        event(
            subject=row.ref,
            customer=row.customer.ref,
            version=row.version,
            status=row.status,
            **facts,
        ),
        actor=actor,
        at=at,
        rule_version=rule_version,
    )
