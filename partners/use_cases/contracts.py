"""Propose a contract with an institution; a second person approves it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from brokerage.users.models import User
from partners.dated import ACTIVITIES, FEE_BASES
from partners.events import ContractApproved, ContractProposed
from partners.models import Contract
from partners.states import LAWFUL, Activity, FeeBasis


class UnableToContract(RefusedByField):
    """The contract cannot be; `errors` gives the translated messages of each field."""


@transaction.atomic
def propose_contract(*, maker: User, at: datetime, **values: Any) -> Contract:
    """Propose a contract.

    Args:
        maker: who proposes; another person decides.
        at: the instant.
        values: the columns of Contract.

    Raises:
        UnableToContract: when a value is wrong, or law or a dated rule forbids an activity or
            the fee basis for this kind of institution, or it would change days that are past.
    """
    row = Contract(made_by_ref=maker.ref, made_at=at, **values)
    errors = _backwards(row, business_date(at)) | unlawful(row)
    if row.outlet_id is None:
        errors["outlet"] = [_("Name the outlet of ours that the contract is registered with.")]
    try:
        row.full_clean(exclude=set(errors))
    except ValidationError as error:
        errors = error.message_dict | errors
    if errors:
        raise UnableToContract(errors)
    row.save()
    record(
        ContractProposed(subject=row.ref, partner=row.partner.ref),
        actor=Actor.of(maker),
        at=at,
        rule_version=row.rule_version[:100],
    )
    return row


def approved(contract: Contract, checker: User, at: datetime) -> None:
    """Say in the institution's own history that a contract counts."""
    record(
        ContractApproved(
            subject=contract.partner.ref,
            contract=contract.ref,
            valid_from=contract.valid_from,
            valid_to=contract.valid_to,
        ),
        actor=Actor.of(checker),
        at=at,
    )


def _backwards(row: Contract, today: date) -> dict[str, list[str]]:
    """Why an amendment cannot begin on its day: what held until today stays as it was."""
    rows = Contract.objects.approved().filter(partner=row.partner)
    if row.valid_from > today or not rows.overlapping(row.valid_from, row.valid_to).exists():
        return {}
    return {"valid_from": [_("An amendment begins on a later day than today.")]}


def unlawful(row: Contract) -> dict[str, list[str]]:
    """Why law or rule forbids what the contract says, by field; sets its rule version.

    Rule source: 证券经纪业务管理办法; partners.activities and partners.fee_bases.
    """
    if row.fee_basis not in LAWFUL:
        text = _(
            "{basis}: unlawful. Only registered staff and brokers may be paid for customers or "
            "trades; an institution may get a fixed fee, a fee for display or for technical "
            "service."
        ).format(basis=FeeBasis(row.fee_basis).label)
        return {"fee_basis": [text]}
    kind = row.partner.kind
    try:
        activities = Rule.objects.in_force(ACTIVITIES, row.valid_from)
        bases = Rule.objects.in_force(FEE_BASES, row.valid_from)
    except NoRuleInForce:
        return {"partner": [_("Compliance has not signed the rules for that day.")]}
    row.rule_version = f"{activities.version}; {bases.version}"
    errors: dict[str, list[str]] = {}
    whose = row.partner.get_kind_display()
    if extra := [each for each in row.activities if each not in activities.figure[kind]]:
        names = ", ".join(str(Activity(each).label) for each in extra)
        text = _("Not allowed for this kind of institution ({kind}): {names}.")
        errors["activities"] = [text.format(kind=whose, names=names)]
    if row.fee_basis not in bases.figure[kind]:
        text = _("Not allowed for this kind of institution ({kind}): {names}.")
        basis = FeeBasis(row.fee_basis).label
        errors["fee_basis"] = [text.format(kind=whose, names=basis)]
    return errors
