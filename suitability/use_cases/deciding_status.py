"""Two officers decide on an application as a professional investor, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.explaining import fact_words
from suitability.models import InvestorStatus, StatusProof, StatusRequest, digest_of_match
from suitability.professional_events import (
    StatusExamined,
    StatusGranted,
    StatusLookedAtAgain,
    StatusRefused,
    StatusRequestEvent,
    StatusReturned,
)
from suitability.rules.classes import ConversionInputs, RecognitionInputs, StatusDecision
from suitability.selectors.rules import professional_rules_on
from suitability.selectors.statuses import decide, decision_inputs, found_facts
from suitability.states import RequestStatus
from suitability.use_cases.asking_status import UnableToAsk, require_explained
from suitability.wording import sentences


class UnableToDecideStatus(Exception):
    """The decision is not possible; the message is translated and may be shown."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the officer says of one proof: whether it proves the fact, and which amount."""

    accepted: bool
    amount: Decimal | None = None


def examine_request(
    *,
    request: StatusRequest,
    found: Mapping[str, Found],
    favourable: bool,
    reason: str,
    officer: Any,
    at: datetime,
) -> StatusRequest:
    """The first officer looks at every proof and proposes to grant or to refuse.

    Args:
        found: by fact, one for each proof.
        favourable: True to grant.
        reason: for the customer, in their language.
        officer: the log-in; may see the application.

    Raises:
        UnableToDecideStatus: when it is not due, a proof has no finding or no checked file, the
            reason is empty, or the rules do not allow to grant it.
        Http404: when the officer cannot see it.
    """
    with transaction.atomic():
        locked = _locked(request, officer)
        _move(locked, RequestStatus.EXAMINED)
        if not reason.strip():
            raise UnableToDecideStatus(_("Write the reason for the customer."))
        for proof in locked.proofs.all():
            _note(proof, found.get(proof.fact))
        locked.favourable, locked.reason = favourable, reason.strip()
        locked.examined_by, locked.examined_at = officer, at
        if favourable:
            _require_grantable(_decided(locked, business_date(at))[1])
        locked.save()
        _tell(StatusExamined, locked, officer, at)
    return locked


def confirm_decision(*, request: StatusRequest, officer: Any, at: datetime) -> StatusRequest:
    """The second officer agrees: the decision counts from now on and is kept with its inputs.

    Raises:
        UnableToDecideStatus: when it is not due, the same officer examined it, the rules of today
            do not allow to grant it any more, or the recording of its explanation is not valid.
        Http404: when the officer cannot see it.
    """
    on = business_date(at)
    with transaction.atomic():
        locked = _locked(request, officer)
        _require_another(locked, officer)
        granted = bool(locked.favourable)
        _move(locked, RequestStatus.GRANTED if granted else RequestStatus.REFUSED)
        inputs, decision = _decided(locked, on)
        if granted:
            _require_grantable(decision)
            _require_explained(locked, on)
        locked.decided_by, locked.decided_at = officer, at
        locked.rule_version = decision.rules
        locked.inputs, locked.result = inputs.to_json(), decision.to_json()
        locked.digest = digest_of_match(locked.inputs, locked.result)
        locked.save()
        if granted:
            _grant(locked, decision, on, at)
        _tell(StatusGranted if granted else StatusRefused, locked, officer, at)
    return locked


def look_again(*, request: StatusRequest, note: str, officer: Any, at: datetime) -> StatusRequest:
    """The second officer does not agree: somebody examines it anew.

    Args:
        note: why, for the file.

    Raises:
        UnableToDecideStatus: when it is not due, the officer examined it, or nothing is noted.
        Http404: when the officer cannot see it.
    """
    with transaction.atomic():
        locked = _locked(request, officer)
        _require_another(locked, officer)
        _require_note(note)
        _move(locked, RequestStatus.SUBMITTED)
        _forget_examination(locked)
        locked.save()
        _tell(StatusLookedAtAgain, locked, officer, at, reason=note.strip())
    return locked


def return_request(
    *, request: StatusRequest, reason: str, officer: Any, at: datetime
) -> StatusRequest:
    """Send it back to the customer to be completed.

    Args:
        reason: what is missing, for the customer.

    Raises:
        UnableToDecideStatus: when it is not due, or nothing is said.
        Http404: when the officer cannot see it.
    """
    with transaction.atomic():
        locked = _locked(request, officer)
        _require_note(reason)
        _move(locked, RequestStatus.RETURNED)
        _forget_examination(locked)
        locked.reason = reason.strip()
        locked.save()
        _tell(StatusReturned, locked, officer, at)
    return locked


def _locked(request: StatusRequest, officer: Any) -> StatusRequest:
    rows = StatusRequest.objects.select_for_update(of=("self",)).select_related("customer")
    return scope.visible_or_404(rows, officer, ref=request.ref)


def _note(proof: StatusProof, finding: Found | None) -> None:
    if finding is None:
        raise UnableToDecideStatus(_("Say of every proof whether it is accepted."))
    if finding.accepted and not _has_checked_file(proof):
        raise UnableToDecideStatus(
            _("None of the files can be opened yet: {fact}.").format(fact=proof)
        )
    if finding.accepted and bool(proof.claimed) != (finding.amount is not None):
        raise UnableToDecideStatus(_("Write what the files show: {fact}.").format(fact=proof))
    proof.accepted = finding.accepted
    proof.found = f"{finding.amount:f}" if finding.accepted and proof.claimed else ""
    proof.save()


def _has_checked_file(proof: StatusProof) -> bool:
    kept = files.StoredFile.objects.filter(ref__in=proof.files)
    return any(file.shown() is not None for file in kept)


def _decided(
    request: StatusRequest, on: date
) -> tuple[RecognitionInputs | ConversionInputs, StatusDecision]:
    rules = professional_rules_on(on)
    inputs = decision_inputs(request, found_facts(request), rules, on)
    return inputs, decide(inputs, rules)


def _grant(request: StatusRequest, decision: StatusDecision, on: date, at: datetime) -> None:
    """The status counts from today; one that counted until now ends today."""
    assert decision.until is not None, "a granted status has an end"
    held = InvestorStatus.objects.select_for_update().in_force(on)
    for before in held.filter(customer=request.customer):
        before.ended_on, before.ended_at = on, at
        before.ended_why = InvestorStatus.Why.RENEWED
        before.save()
    InvestorStatus.objects.create(
        customer=request.customer,
        request=request,
        kind=request.kind,
        since=on,
        until=decision.until,
        granted_at=at,
    )


def _require_grantable(decision: StatusDecision) -> None:
    if not decision.granted:
        raise UnableToDecideStatus(
            _("It cannot be granted: {why}").format(
                why=" ".join(sentences(decision.reasons, fact_words()))
            )
        )


def _require_explained(request: StatusRequest, on: date) -> None:
    try:
        require_explained(request, on)
    except UnableToAsk as missing:
        raise UnableToDecideStatus(str(missing)) from missing


def _require_another(request: StatusRequest, officer: Any) -> None:
    if request.examined_by_id == officer.pk:
        raise UnableToDecideStatus(_("Another officer than the first has to decide."))


def _require_note(text: str) -> None:
    if not text.strip():
        raise UnableToDecideStatus(_("Note why."))


def _forget_examination(request: StatusRequest) -> None:
    request.favourable = request.examined_by = request.examined_at = None
    request.reason = ""


def _move(request: StatusRequest, status: RequestStatus) -> None:
    try:
        request.move_to(status)
    except IllegalTransition as error:
        raise UnableToDecideStatus(_("Somebody has decided this already.")) from error


def _tell(
    event: type[StatusRequestEvent],
    request: StatusRequest,
    officer: Any,
    at: datetime,
    *,
    reason: str = "",
) -> None:
    record(
        event(subject=request.ref, customer=request.customer.ref),
        actor=Actor.of(officer),
        at=at,
        reason=reason,
        rule_version=request.rule_version,
    )
