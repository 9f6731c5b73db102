"""Professional investors: who is one, and what a request rests on as the rules take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from brokerage.customers.models import Customer, Kind
from suitability.models import Assessment, InvestorStatus, StatusRequest
from suitability.rules.classes import (
    ConversionInputs,
    ProfessionalRules,
    RecognitionInputs,
    StatusDecision,
    convert_to_professional,
    groups_of,
    recognise,
)
from suitability.rules.conditions import Condition, Proof
from suitability.selectors.simulated import CONVERSION, practised


def status_on(customer: Customer, day: date) -> InvestorStatus | None:
    """The status of a professional investor that counts on the business date `day`."""
    return InvestorStatus.objects.in_force(day).filter(customer=customer).first()


def is_person(customer: Customer) -> bool:
    """Whether the tests for natural persons count."""
    return customer.kind != Kind.ORGANISATION


def groups_of_request(
    request: StatusRequest, rules: ProfessionalRules
) -> tuple[tuple[Condition, ...], ...]:
    """What the kind asks to be proved: of each group one fact is enough."""
    test = rules.test_of(request.professional, person=is_person(request.customer))
    return groups_of(test)


def lowest_known(customer: Customer) -> bool | None:
    """Whether the newest confirmed class is the lowest one, ended or not; None where none counts.

    The paper of organisations has no lowest class, so that nothing is asked of them.
    """
    if not is_person(customer):
        return False
    rows = Assessment.objects.of(customer).filter(confirmed_at__isnull=False)
    newest = rows.order_by("-submitted_at", "-pk").first()
    return newest.lowest if newest else None


def knows(request: StatusRequest, on: date) -> bool:
    """Whether a test of knowledge is passed, or simulated trading counts in its place."""
    if request.tests.filter(passed=True).exists():
        return True
    return CONVERSION in practised(request.customer, on)


def steps_of(request: StatusRequest, on: date) -> frozenset[str]:
    """What of the procedure of conversion has been done on `on`, as the rule names it."""
    explained = request.explained_at is not None
    done = {
        "application": bool(request.purpose),
        "extra_information": bool(request.extra),
        "lost_protections_explained": explained,
        "risk_warning": explained,
        "acceptance_of_risk": request.accepted_at is not None,
        "knowledge_test": knows(request, on),
    }
    return frozenset(step for step, is_done in done.items() if is_done)


def decision_inputs(
    request: StatusRequest, facts: Mapping[str, Proof], rules: ProfessionalRules, on: date
) -> RecognitionInputs | ConversionInputs:
    """What the rules decide on.

    Args:
        facts: as claimed or as found, by key.
        on: business date.
    """
    if not request.is_conversion:
        return RecognitionInputs(
            rules=rules.version, kind=request.professional, facts=facts, on=on
        )
    return ConversionInputs(
        rules=rules.version,
        person=is_person(request.customer),
        lowest=lowest_known(request.customer) is not False,
        facts=facts,
        steps=steps_of(request, on),
        on=on,
    )


def decide(
    inputs: RecognitionInputs | ConversionInputs, rules: ProfessionalRules
) -> StatusDecision:
    """What the rules say; the firm may still refuse a conversion."""
    if isinstance(inputs, RecognitionInputs):
        return recognise(inputs, rules)
    return convert_to_professional(inputs, rules)


def found_facts(request: StatusRequest) -> dict[str, Proof]:
    """What the first officer found, by key; what was not accepted is left out."""
    pairs = ((proof.fact, proof.as_found) for proof in request.proofs.all())
    return {fact: proof for fact, proof in pairs if proof is not None}
