"""A customer asks to be a professional investor: explained, accepted, proved, sent, taken back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import Customer
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.explaining import fact_words
from suitability.models import InvestorStatus, StatusProof, StatusRequest
from suitability.professional_events import (
    ProtectionsExplained,
    RiskAccepted,
    StatusAsked,
    StatusRequestEvent,
    StatusSent,
    StatusWithdrawn,
)
from suitability.rules.classes import kinds_for
from suitability.rules.grades import ProfessionalKind
from suitability.rules.insisting import Channel
from suitability.selectors.rules import Procedure, procedure_on
from suitability.selectors.statuses import (
    decide,
    decision_inputs,
    is_person,
    lowest_known,
)
from suitability.states import RecordingAbout, RequestStatus
from suitability.use_cases.at_outlets import Counter, NotAtOutlet
from suitability.use_cases.recorded import evidence_of, require_recorded
from suitability.wording import sentences


class UnableToAsk(Exception):
    """The application cannot take this step; the message is translated and may be shown."""


def ask_for_status(
    *, customer: Customer, kind: ProfessionalKind, language: str, actor: Actor, at: datetime
) -> StatusRequest:
    """Begin an application.

    Args:
        customer: who asks for themselves.
        kind: 1 to 5 by right, or CONVERTED.
        language: in which the customer reads.

    Raises:
        UnableToAsk: for a kind that is not theirs, while another application is open, or while
            the status counts for longer than the first reminder.
    """
    on = business_date(at)
    procedure = procedure_on(on)
    if kind not in kinds_for(person=is_person(customer)):
        raise UnableToAsk(_("Choose one of the kinds that are shown."))
    held = InvestorStatus.objects.in_force(on).filter(customer=customer).first()
    if held and not may_ask(held, procedure, on):
        raise UnableToAsk(
            _("You are a professional investor until {day}. Renewing is possible later.").format(
                day=formats.day(held.until, year=True)
            )
        )
    request = StatusRequest(
        customer=customer,
        kind=kind.value,
        language=language,
        text=procedure.text,
        rule_version=procedure.rules.version,
        started_at=at,
    )
    try:
        with transaction.atomic():
            request.save()
            tell(StatusAsked, request, actor, at)
    except IntegrityError:
        raise UnableToAsk(_("You have begun an application already.")) from None
    return request


def may_ask(held: InvestorStatus | None, procedure: Procedure, on: date) -> bool:
    """Whether an application may begin beside the status that is held; near its end only."""
    return held is None or (held.until - on).days <= procedure.remind_days[0]


def explain_protections(
    *, request: StatusRequest, actor: Actor, at: datetime, counter: Counter | None = None
) -> StatusRequest:
    """Note that the present text on what is given up is given out; reading begins.

    Args:
        counter: the outlet where a conversion is explained, and by whom; None online.

    Raises:
        UnableToAsk: when the application is closed to the customer; at an outlet that is not this
            person's, for another kind than a conversion, or once a recording counts already.
    """
    with transaction.atomic():
        locked = locked_open(request)
        if counter:
            _require_explained_here(locked, counter, business_date(at))
        locked.channel = Channel.OUTLET if counter else Channel.ONLINE
        locked.place = counter.place if counter else None
        locked.served_by = counter.served_by if counter else None
        locked.text = procedure_on(business_date(at)).text
        locked.explained_at, locked.accepted_at = at, None
        locked.save()
        tell(ProtectionsExplained, locked, actor, at, text=locked.text)
    return locked


def accept_risk(*, request: StatusRequest, text: str, actor: Actor, at: datetime) -> StatusRequest:
    """The customer read what is given up and accepts it; a second time changes nothing.

    Args:
        text: version that the page showed.

    Raises:
        UnableToAsk: for another version, before it was given out, or sooner than one can read.
    """
    with transaction.atomic():
        locked = locked_open(request)
        procedure = procedure_on(business_date(at))
        if locked.explained_at is None or text != locked.text or text != procedure.text:
            raise UnableToAsk(_("The text has changed. Read it once more."))
        if at < locked.explained_at + procedure.reading:
            raise UnableToAsk(_("That was too quick to read it. Take a moment, then accept it."))
        if locked.accepted_at is None:
            locked.accepted_at = at
            locked.save()
            tell(RiskAccepted, locked, actor, at, text=text)
    return locked


def send_request(
    *, request: StatusRequest, purpose: str, extra: str, actor: Actor, at: datetime
) -> StatusRequest:
    """Send the application to the officers; from then on the customer changes nothing.

    Args:
        purpose: why the customer asks, in their words.
        extra: what else the firm should know; asked for a conversion.

    Raises:
        UnableToAsk: with every reason why it could not be granted even if all is true.
    """
    on = business_date(at)
    with transaction.atomic():
        locked = locked_open(request)
        procedure = procedure_on(on)
        locked.purpose, locked.extra = purpose.strip(), extra.strip()
        proofs = list(locked.proofs.all())
        _require_complete(locked, proofs, procedure)
        require_explained(locked, on)
        facts = {proof.fact: proof.as_claimed for proof in proofs}
        found = decide(decision_inputs(locked, facts, procedure.rules, on), procedure.rules)
        if not found.granted:
            raise UnableToAsk(" ".join(sentences(found.reasons, fact_words())))
        _move(locked, RequestStatus.SUBMITTED)
        locked.submitted_at, locked.rule_version = at, procedure.rules.version
        locked.reason = ""
        locked.favourable = locked.examined_by = locked.examined_at = None
        locked.save()
        tell(StatusSent, locked, actor, at)
    return locked


def withdraw_request(*, request: StatusRequest, actor: Actor, at: datetime) -> StatusRequest:
    """The customer takes an application back before it is decided.

    Raises:
        UnableToAsk: when it has ended already.
    """
    with transaction.atomic():
        locked = locked_request(request)
        _move(locked, RequestStatus.WITHDRAWN)
        locked.withdrawn_at = at
        locked.save()
        tell(StatusWithdrawn, locked, actor, at)
    return locked


def require_explained(request: StatusRequest, on: date) -> None:
    """Refuse a conversion that was explained at an outlet without a valid recording.

    Raises:
        UnableToAsk: with what is missing.
    """
    if not request.is_conversion:
        return
    try:
        require_recorded(request, RecordingAbout.CONVERSION, at_outlet=request.is_at_outlet, on=on)
    except UnableToRecord as missing:
        raise UnableToAsk(str(missing)) from missing


def _require_explained_here(request: StatusRequest, counter: Counter, on: date) -> None:
    if not request.is_conversion:
        raise UnableToAsk(_("Only a conversion is explained at an outlet."))
    if evidence_of(request, RecordingAbout.CONVERSION) is not None:
        raise UnableToAsk(_("It was explained and recorded already."))
    try:
        counter.require(request.customer, on)
    except NotAtOutlet as refused:
        raise UnableToAsk(str(refused)) from refused


def locked_request(request: StatusRequest) -> StatusRequest:
    """The row, locked for a decision about it."""
    return lock_row(StatusRequest, request.pk, "customer")


def locked_open(request: StatusRequest) -> StatusRequest:
    """The row, locked, while the customer may change it; raises UnableToAsk."""
    locked = locked_request(request)
    if not locked.is_open_to_customer:
        raise UnableToAsk(_("This application is closed to changes."))
    return locked


def _require_complete(
    request: StatusRequest, proofs: list[StatusProof], procedure: Procedure
) -> None:
    if request.accepted_at is None or request.text != procedure.text:
        raise UnableToAsk(_("First read what you give up, and accept it."))
    if not request.purpose:
        raise UnableToAsk(_("Tell us in your words why you ask for it."))
    if request.is_conversion and lowest_known(request.customer) is None:
        raise UnableToAsk(_("First answer the risk assessment and confirm its result."))
    if any(not proof.files for proof in proofs):
        raise UnableToAsk(_("A proof has no file yet."))


def _move(request: StatusRequest, status: RequestStatus) -> None:
    try:
        request.move_to(status)
    except IllegalTransition as error:
        raise UnableToAsk(_("This step is not due now. Look at the page once more.")) from error


def tell(
    event: type[StatusRequestEvent],
    request: StatusRequest,
    actor: Actor,
    at: datetime,
    **more: str,
) -> None:
    record(
        event(subject=request.ref, customer=request.customer.ref, **more),
        actor=actor,
        at=at,
        rule_version=request.rule_version,
    )
