"""What is told before a sale: the five items, and the special procedure of high-risk sales.

Apps that sell ask `duties.require_told` with the decision of today; they never look at the steps.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import (
    DisclosureDone,
    DisclosureEvent,
    DisclosureGivenUp,
    DisclosureRead,
    DisclosureShown,
    RiskPointsAccepted,
    RiskPointsShown,
)
from suitability.explaining import fact_words
from suitability.models import Disclosure, MatchRecord, digest_of_match
from suitability.rules.disclosing import (
    DisclosureInputs,
    DisclosureRules,
    Shown,
    is_disclosed,
    read_reasons,
)
from suitability.rules.insisting import Channel
from suitability.rules.matching import Duty, MatchOutcome, match
from suitability.selectors.rules import disclosure_rules_on, matching_rules_on
from suitability.states import DisclosureStatus, RecordingAbout
from suitability.use_cases.at_outlets import Counter, NotAtOutlet
from suitability.use_cases.duties import duties_of, grade_of
from suitability.use_cases.matching import UnableToMatch, match_again
from suitability.use_cases.recorded import require_recorded
from suitability.wording import sentences


class UnableToDisclose(Exception):
    """This step is not due, or the sale is closed; the message is translated."""


def begin_disclosure(
    *,
    decision: MatchRecord,
    language: str,
    actor: Actor,
    at: datetime,
    counter: Counter | None = None,
) -> Disclosure:
    """The five items are given out; a second time gives back what was begun.

    Args:
        decision: of today; the customer's own.
        language: in which they read.
        counter: the outlet where they are given out, and by whom; None online.

    Raises:
        UnableToDisclose: where the decision is of another day, refuses the sale or owes nothing;
            at an outlet that is not this person's, or for themselves.
    """
    on = business_date(at)
    if counter:
        _require_serves(counter, decision, on)
    if begun := Disclosure.objects.filter(record=decision).first():
        return begun
    duties = duties_of(decision)
    if decision.decided_on != on or Duty.DISCLOSE not in duties:
        raise UnableToDisclose(_("There is nothing to be told on this result."))
    _require_open(decision, on)
    rules = disclosure_rules_on(on)
    row = Disclosure(
        record=decision,
        customer=decision.customer,
        special=Duty.SPECIAL_PROCEDURE in duties,
        channel=Channel.OUTLET if counter else Channel.ONLINE,
        place=counter.place if counter else None,
        served_by=counter.served_by if counter else None,
        language=language,
        text=rules.text,
        special_text=rules.special_text,
        rule_version=rules.version,
        shown_at=at,
    )
    try:
        with transaction.atomic():
            row.save()
            _tell(DisclosureShown, row, actor, at, row.text)
    except IntegrityError:  # another device was quicker
        return Disclosure.objects.get(record=decision)
    return row


def acknowledge_five(*, row: Disclosure, text: str, actor: Actor, at: datetime) -> Disclosure:
    """The customer read the five items; where no special procedure is owed all is done.

    Args:
        text: version that the page showed.

    Raises:
        UnableToDisclose: for another version, sooner than one can read, a closed sale, or at an
            outlet without a valid recording of the five items.
    """
    with transaction.atomic():
        locked, rules = _locked(row), disclosure_rules_on(business_date(at))
        _require_recorded(locked, RecordingAbout.FIVE_ITEMS, business_date(at))
        _require_read("five", Shown(locked.text, locked.shown_at, at), text, rules)
        _require_open(locked.record, business_date(at))
        locked.read_at = at
        if locked.special:
            _move(locked, DisclosureStatus.READ)
        else:
            _finish(locked, rules, at)
        locked.save()
        _tell(DisclosureRead, locked, actor, at, locked.text)
        if not locked.special:
            _tell(DisclosureDone, locked, actor, at)
    return locked


def show_points(*, row: Disclosure, extra: str, actor: Actor, at: datetime) -> Disclosure:
    """The customer told more of their money; the points of risk are given out.

    Raises:
        UnableToDisclose: when nothing was told, or the step is not due.
    """
    with transaction.atomic():
        locked = _locked(row)
        if not extra.strip():
            raise UnableToDisclose(_("Tell us where the money comes from and when you need it."))
        _move(locked, DisclosureStatus.WARNED)
        locked.special_text = disclosure_rules_on(business_date(at)).special_text
        locked.extra, locked.warned_at = extra.strip(), at
        locked.save()
        _tell(RiskPointsShown, locked, actor, at, locked.special_text)
    return locked


def accept_points(*, row: Disclosure, text: str, actor: Actor, at: datetime) -> Disclosure:
    """The customer read the points of risk; the time to think begins.

    Args:
        text: version that the page showed.

    Raises:
        UnableToDisclose: for another version, sooner than one can read, or a step not due.
    """
    with transaction.atomic():
        locked, rules = _locked(row), disclosure_rules_on(business_date(at))
        _require_read("points", Shown(locked.special_text, locked.warned_at, at), text, rules)
        _move(locked, DisclosureStatus.THINKING)
        locked.accepted_at = at
        locked.save()
        _tell(RiskPointsAccepted, locked, actor, at, locked.special_text)
    return locked


def confirm_disclosure(*, row: Disclosure, actor: Actor, at: datetime) -> Disclosure:
    """The last step of the special procedure, after the time to think.

    Raises:
        UnableToDisclose: with every reason, such as time that is not over, a moved grade, or at
            an outlet a double recording that is missing or not valid.
    """
    with transaction.atomic():
        locked, rules = _locked(row), disclosure_rules_on(business_date(at))
        _require_open(locked.record, business_date(at))
        for about in (RecordingAbout.FIVE_ITEMS, RecordingAbout.HIGH_RISK):
            _require_recorded(locked, about, business_date(at))
        if locked.status != DisclosureStatus.THINKING:
            raise UnableToDisclose(_("This step is not due now. Look at the page once more."))
        _finish(locked, rules, at)
        locked.save()
        _tell(DisclosureDone, locked, actor, at)
    return locked


def give_up_disclosure(*, row: Disclosure, actor: Actor, at: datetime) -> Disclosure:
    """The customer gives it up; no reason is asked for.

    Raises:
        UnableToDisclose: when it has ended already.
    """
    with transaction.atomic():
        locked = _locked(row)
        _move(locked, DisclosureStatus.GIVEN_UP)
        locked.given_up_at = at
        locked.save()
        _tell(DisclosureGivenUp, locked, actor, at)
    return locked


def _finish(row: Disclosure, rules: DisclosureRules, at: datetime) -> None:
    """Check the whole procedure and keep it with its result, in memory."""
    points = Shown(row.special_text, row.warned_at, row.accepted_at) if row.special else Shown()
    inputs = DisclosureInputs(
        rules=rules.version,
        special=row.special,
        five=Shown(row.text, row.shown_at, row.read_at),
        points=points,
        informed=bool(row.extra),
        confirmed_at=at if row.special else None,
    )
    found = is_disclosed(inputs, rules)
    if not found.done:
        raise UnableToDisclose(" ".join(sentences(found.reasons)))
    _move(row, DisclosureStatus.DONE)
    row.done_at, row.rule_version = at, rules.version
    row.inputs, row.result = inputs.to_json(), found.to_json()
    row.digest = digest_of_match(row.inputs, row.result)


def _require_read(notice: str, shown: Shown, text: str, rules: DisclosureRules) -> None:
    if text != shown.text:
        raise UnableToDisclose(_("The text has changed. Read it once more."))
    five = notice == "five"
    missing = read_reasons(
        notice,
        shown,
        rules.text if five else rules.special_text,
        rules.reading if five else rules.special_reading,
    )
    if missing:
        raise UnableToDisclose(" ".join(sentences(tuple(missing))))


def _require_open(decision: MatchRecord, on: date) -> None:
    """Matching is asked anew: neither a refusal, nor another grade or opinion than was shown."""
    rules = matching_rules_on(on)
    try:
        inputs = match_again(decision, on, rules)
    except UnableToMatch as error:
        raise UnableToDisclose(str(error)) from error
    opinion = match(inputs, rules)
    if opinion.outcome is MatchOutcome.REFUSED:
        raise UnableToDisclose(" ".join(sentences(opinion.reasons, fact_words())))
    if opinion.outcome.value != decision.outcome or inputs.item.grade.value != grade_of(decision):
        raise UnableToDisclose(_("The result has changed. Have it checked anew first."))


def _require_recorded(row: Disclosure, about: RecordingAbout, on: date) -> None:
    try:
        require_recorded(row.record, about, at_outlet=row.is_at_outlet, on=on)
    except UnableToRecord as missing:
        raise UnableToDisclose(str(missing)) from missing


def _require_serves(counter: Counter, decision: MatchRecord, on: date) -> None:
    try:
        counter.require(decision.customer, on)
    except NotAtOutlet as refused:
        raise UnableToDisclose(str(refused)) from refused


def _locked(row: Disclosure) -> Disclosure:
    return lock_row(Disclosure, row.pk, "record__item", "record__customer", "customer")


def _move(row: Disclosure, status: DisclosureStatus) -> None:
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToDisclose(
            _("This step is not due now. Look at the page once more.")
        ) from error


def _tell(
    event: type[DisclosureEvent], row: Disclosure, actor: Actor, at: datetime, text: str = ""
) -> None:
    record(
        event(subject=row.ref, customer=row.customer.ref, decision=row.record.ref, text=text),
        actor=actor,
        at=at,
        rule_version=row.rule_version,
    )
