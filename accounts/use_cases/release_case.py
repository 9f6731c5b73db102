"""A customer lets one outlet help: a code is offered, typed by staff, and ended again."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.events import CaseClosed, CaseOffered, CaseOpened, WrongReleaseCode
from accounts.counter.selectors import outlets_to_help_at
from accounts.counter.states import LIVE, ReleaseEnd, ReleaseStatus
from accounts.dated import CounterTerms, counter_terms
from accounts.events import ApplicationEvent
from accounts.models import Application, CaseRelease, CodeTries
from accounts.use_cases.writing import lock
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

DIGITS = 8
PURPOSE = "accounts.release_code"
CLOCK = Actor.system("accounts.end_releases")


class UnableToRelease(Exception):
    """A release is refused; the message is translated and may be shown."""


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
        code = _fresh_code()
        made = CaseRelease.objects.create(
            application=row,
            applicant_id=row.applicant_id,
            code=code,
            code_hash=keyed_hash(code, purpose=PURPOSE),
            offered_at=at,
            until=at + timedelta(minutes=terms.code_minutes),
        )
        _tell(row, CaseOffered, actor, at, rule_version=terms.version, release=made.ref)
        return made


def take_case(*, code: str, outlet: OrgUnit, helper: User, at: datetime) -> CaseRelease:
    """Open the case that a code belongs to; from then on it is this person's at this outlet.

    Of two who type one code, one opens the case. A wrong code counts, and too many in a row
    make the person wait; that count is kept although the code is refused.

    Args:
        code: as typed; blanks do not count.
        outlet: where the customer stands; one at which `helper` works.
        helper: who typed it.
        at: the instant.

    Raises:
        UnableToRelease: for a wrong, used or old code, another's outlet, one's own case or one
            that this person reviews; and while the person has to wait.
    """
    terms = counter_terms(business_date(at))
    if not outlets_to_help_at(helper, business_date(at)).filter(pk=outlet.pk).exists():
        raise UnableToRelease(_("You do not open accounts at this outlet."))
    with transaction.atomic():
        tries = _tries(helper, terms, at)
        if tries.wrong >= terms.tries:
            raise UnableToRelease(
                _("Too many wrong codes. Try again in {minutes} minutes.").format(
                    minutes=terms.pause_minutes
                )
            )
        if found := _offered(code, at):
            tries.wrong = 0
            tries.save(update_fields=["wrong"])
            return _open(found, outlet, helper, terms, at)
        tries.wrong, tries.last_wrong_at = tries.wrong + 1, at
        tries.save(update_fields=["wrong", "last_wrong_at"])
        wrong = WrongReleaseCode(subject=outlet.ref, wrong=tries.wrong)
        record(wrong, actor=Actor.of(helper), at=at)
    raise UnableToRelease(
        _("This code leads nowhere: it is wrong, used or too old. Ask for a new one.")
    )


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


def _offered(code: str, at: datetime) -> CaseRelease | None:
    """The release that a code opens, locked after its application; None where there is none."""
    digits = "".join(code.split())
    rows = CaseRelease.objects.live(at).filter(
        status=ReleaseStatus.OFFERED, code_hash__in=accepted_hashes(digits, purpose=PURPOSE)
    )
    if not digits or (seen := rows.select_related("application").first()) is None:
        return None
    row = lock(seen.application)
    found = rows.select_for_update(of=("self",)).filter(pk=seen.pk).first()
    if found is None or not row.is_editable:
        return None
    found.application = row
    return found


def _open(
    found: CaseRelease, outlet: OrgUnit, helper: User, terms: CounterTerms, at: datetime
) -> CaseRelease:
    row = found.application
    if row.applicant_id == helper.pk:
        raise UnableToRelease(_("Nobody helps with their own application."))
    if helper.pk in (row.claimed_by_id, row.recommended_by_id):
        raise UnableToRelease(
            _("You review this application. Somebody else helps the customer with it.")
        )
    found.move_to(ReleaseStatus.IN_USE)
    found.helper, found.outlet, found.taken_at = helper, outlet, at
    found.until = at + timedelta(minutes=terms.help_minutes)
    found.code, found.code_hash = None, ""
    found.save()
    facts: dict[str, Any] = {"release": found.ref, "outlet": outlet.ref}
    _tell(row, CaseOpened, Actor.of(helper), at, rule_version=terms.version, **facts)
    return found


def _end_live(row: Application, ended_by: ReleaseEnd, actor: Actor, at: datetime) -> None:
    """End what is live of a locked application; what ran out says so."""
    live = CaseRelease.objects.select_for_update(of=("self",)).filter(
        application=row, status__in=LIVE
    )
    for release in live:
        ran_out = release.until <= at
        release.move_to(ReleaseStatus.ENDED)
        release.code, release.code_hash = None, ""
        release.ended_at = at
        release.ended_by = ReleaseEnd.TIME if ran_out else ended_by
        release.save()
        facts: dict[str, Any] = {"release": release.ref, "ended_by": str(release.ended_by)}
        _tell(row, CaseClosed, CLOCK if ran_out else actor, at, **facts)


def _tries(helper: User, terms: CounterTerms, at: datetime) -> CodeTries:
    """The count of wrong codes, locked; it begins anew a pause after the last of them."""
    CodeTries.objects.get_or_create(helper=helper, defaults={"last_wrong_at": at})
    tries = CodeTries.objects.select_for_update(of=("self",)).get(helper=helper)
    if at >= tries.last_wrong_at + timedelta(minutes=terms.pause_minutes):
        tries.wrong = 0
    return tries


def _fresh_code() -> str:
    """A code that no other offered release has."""
    while True:
        code = "".join(str(secrets.randbelow(10)) for _place in range(DIGITS))
        if not CaseRelease.objects.filter(code_hash=keyed_hash(code, purpose=PURPOSE)).exists():
            return code


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
