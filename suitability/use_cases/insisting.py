"""The insist route: asked, warned, acknowledged, confirmed again after the pause.

Nothing here invites: a customer begins it with their own words, on a decision that leaves it open.
Each step asks the rules anew, so that a bar or an exposure that came up meanwhile closes it. At an
outlet staff write the steps down, and nothing is confirmed without a valid double recording.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from suitability.events import (
    InsistAcknowledged,
    InsistAsked,
    InsistConfirmed,
    InsistEvent,
    InsistWarned,
    InsistWithdrawn,
)
from suitability.explaining import fact_words
from suitability.models import InsistCase, MatchRecord, digest_of_match
from suitability.rules.insisting import Channel, InsistInputs, InsistRules, may_go_ahead
from suitability.rules.matching import MatchingRules, MatchInputs, MatchOutcome, match
from suitability.selectors.rules import insist_rules_on
from suitability.states import InsistStatus, RecordingAbout
from suitability.use_cases.at_outlets import Counter, NotAtOutlet
from suitability.use_cases.matching import UnableToMatch, match_again
from suitability.use_cases.recorded import evidence_of
from suitability.wording import sentences


class UnableToInsist(Exception):
    """The route is closed, or this step is not due; the message is translated."""


def ask_to_insist(
    *,
    decision: MatchRecord,
    wish: str,
    language: str,
    actor: Actor,
    at: datetime,
    place: OrgUnit | None = None,
    served_by: User | None = None,
) -> InsistCase:
    """Begin the route on a decision of today that leaves it open.

    Args:
        decision: the customer's own.
        wish: in the customer's words, how they came to the item.
        language: in which they read the warning.
        place: the outlet where they ask, with `served_by`; None online.
        served_by: the member of staff there who writes it down.

    Raises:
        UnableToInsist: where the decision is of another day, or matching now says otherwise; at
            an outlet that is not this person's, or for themselves.
    """
    if place and served_by:
        _require_at_outlet(decision, place, served_by, business_date(at))
    rules = insist_rules_on(business_date(at))
    _require_open(match_now(decision, at, rules.matching), rules)
    if not wish.strip():
        raise UnableToInsist(_("Tell us in your words how you came to it."))
    case = InsistCase(
        record=decision,
        customer=decision.customer,
        channel=Channel.OUTLET if place else Channel.ONLINE,
        place=place,
        served_by=served_by,
        wish=wish.strip(),
        language=language,
        warning=rules.warning,
        rule_version=rules.version,
        asked_at=at,
    )
    try:
        with transaction.atomic():
            case.save()
            _tell(InsistAsked, case, actor, at)
    except IntegrityError:
        raise UnableToInsist(_("You have begun this already.")) from None
    return case


def show_warning(*, case: InsistCase, actor: Actor, at: datetime) -> InsistCase:
    """Note that the page with the warning is given out; a second time changes nothing."""
    with transaction.atomic():
        locked = _locked(case)
        if locked.status == InsistStatus.ASKED:
            locked.move_to(InsistStatus.WARNED)
            locked.warned_at = at
            locked.save()
            _tell(InsistWarned, locked, actor, at, warning=locked.warning)
    return locked


def acknowledge_warning(
    *, case: InsistCase, warning: str, actor: Actor, at: datetime
) -> InsistCase:
    """The customer read the warning and understands it; the pause begins.

    Args:
        warning: version of the text that the page showed.

    Raises:
        UnableToInsist: for another version, or a step that is not due.
    """
    with transaction.atomic():
        locked = _locked(case)
        rules = insist_rules_on(business_date(at))
        _require_open(match_now(locked.record, at, rules.matching), rules)
        if warning != locked.warning:
            raise UnableToInsist(_("The warning has changed. Read it once more."))
        _move(locked, InsistStatus.ACKNOWLEDGED)
        locked.acknowledged_at = at
        locked.save()
        _tell(InsistAcknowledged, locked, actor, at)
    return locked


def confirm_insisting(*, case: InsistCase, actor: Actor, at: datetime) -> InsistCase:
    """The second confirmation: the whole route is checked and kept with its result.

    Raises:
        UnableToInsist: with every reason, such as a pause that is not over.
    """
    with transaction.atomic():
        locked = _locked(case)
        rules = insist_rules_on(business_date(at))
        at_outlet = locked.is_at_outlet
        recorded = evidence_of(locked.record, RecordingAbout.INSIST) if at_outlet else None
        inputs = InsistInputs(
            rules=rules.version,
            match=match_now(locked.record, at, rules.matching),
            asked_at=locked.asked_at,
            warning=locked.warning,
            warned_at=locked.warned_at,
            acknowledged_at=locked.acknowledged_at,
            confirmed_at=at,
            channel=Channel(locked.channel),
            trace=str(locked.ref),
            recording=recorded,
        )
        found = may_go_ahead(inputs, rules)
        if not found.may_go_ahead:
            raise UnableToInsist(" ".join(sentences(found.reasons, fact_words())))
        _move(locked, InsistStatus.CONFIRMED)
        locked.confirmed_at, locked.rule_version = at, rules.version
        locked.inputs, locked.result = inputs.to_json(), found.to_json()
        locked.digest = digest_of_match(locked.inputs, locked.result)
        locked.save()
        _tell(InsistConfirmed, locked, actor, at)
    return locked


def withdraw_insisting(*, case: InsistCase, actor: Actor, at: datetime) -> InsistCase:
    """The customer gives it up before the second confirmation.

    Raises:
        UnableToInsist: when it has ended already.
    """
    with transaction.atomic():
        locked = _locked(case)
        _move(locked, InsistStatus.WITHDRAWN)
        locked.withdrawn_at = at
        locked.save()
        _tell(InsistWithdrawn, locked, actor, at)
    return locked


def may_confirm_from(case: InsistCase, rules: InsistRules) -> datetime | None:
    """The first instant of the second confirmation; None before the acknowledgement."""
    return case.acknowledged_at + rules.pause if case.acknowledged_at else None


def match_now(decision: MatchRecord, at: datetime, rules: MatchingRules) -> MatchInputs:
    """What matching depends on now, with the requirements that the decision of today found met.

    Raises:
        UnableToInsist: where the decision is of another day, or the item lost its grade.
    """
    on = business_date(at)
    if decision.decided_on != on:
        raise UnableToInsist(_("This result is of another day. Have it checked anew first."))
    try:
        return match_again(decision, on, rules)
    except UnableToMatch as error:
        raise UnableToInsist(str(error)) from error


def _require_at_outlet(decision: MatchRecord, place: OrgUnit, staff: User, on: date) -> None:
    """Staff write down a wish at an outlet where they work, and never their own."""
    try:
        Counter(place=place, served_by=staff).require(decision.customer, on)
    except NotAtOutlet as refused:
        raise UnableToInsist(str(refused)) from refused


def _require_open(inputs: MatchInputs, rules: InsistRules) -> None:
    opinion = match(inputs, rules.matching)
    if opinion.outcome is MatchOutcome.MATCH:
        raise UnableToInsist(_("This suits you. No special confirmation is needed."))
    if opinion.outcome is MatchOutcome.REFUSED:
        raise UnableToInsist(" ".join(sentences(opinion.reasons, fact_words())))


def _locked(case: InsistCase) -> InsistCase:
    return lock_row(InsistCase, case.pk, "record__item", "customer")


def _move(case: InsistCase, status: InsistStatus) -> None:
    try:
        case.move_to(status)
    except IllegalTransition as error:
        raise UnableToInsist(_("This step is not due now. Look at the page once more.")) from error


def _tell(
    event: type[InsistEvent], case: InsistCase, actor: Actor, at: datetime, **more: str
) -> None:
    record(
        event(subject=case.ref, customer=case.customer.ref, decision=case.record.ref, **more),
        actor=actor,
        at=at,
        rule_version=case.rule_version,
    )
