"""The statement of a month is reckoned: fees of contracts by days, and corrections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date, day_begins
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.journal.record import record
from partners.events import (
    ContractApproved,
    ContractEndedEarly,
    CorrectionEntered,
    PartnerStatusChanged,
    StatementMade,
)
from partners.models import Contract, Correction, Partner, Statement, StatementLine
from partners.models.statements import month_after, month_of
from partners.rules.fees import Accrual
from partners.selectors import counts_of_month
from partners.states import FeeBasis, LineKind, PartnerStatus, StatementStatus

NOTHING = Decimal("0.00")


class UnableToState(Exception):
    """The statement cannot take that step; the message is translated."""


@dataclass(frozen=True)
class Facts:
    """What the journal says of an institution: its contracts, how they ended, and when it did."""

    approvals: list[Entry]
    early: list[Entry]
    ended_on: date | None

    def term_of(self, contract: Contract) -> tuple[date, list[Any]]:
        """First day after the term that was agreed, and the entries that it rests on.

        The fee is for that term, even where a later contract ended this one earlier.
        """
        own = [e for e in self.approvals if e.payload["contract"] == str(contract.ref)]
        follows = str(contract.valid_to)
        ends = [e for e in self.approvals if e.payload["valid_from"] == follows]
        ends += [e for e in self.early if e.payload["contract"] == str(contract.ref)]
        agreed = own[0].payload["valid_to"] if own else None
        last = date.fromisoformat(agreed) if agreed else contract.valid_to
        assert last is not None  # constraint a_contract_ends
        shortened = ends if last != contract.valid_to else []
        return last, [entry.ref for entry in (*own, *shortened)]


def make_due_statements(*, at: datetime) -> int:
    """Make the statements of last month that do not exist yet; returns how many were made."""
    month = month_of(business_date(at))
    last = month_of(date.fromordinal(month.toordinal() - 1))
    done = Statement.objects.filter(month=last).values("partner")
    partners = Partner.objects.exclude(pk__in=done).order_by("pk")
    actor = Actor.system("partners.make_statements")
    made = [make_statement(partner=one, month=last, actor=actor, at=at) for one in partners]
    return sum(row is not None for row in made)


@transaction.atomic
def make_statement(
    *, partner: Partner, month: date, actor: Actor, at: datetime
) -> Statement | None:
    """Reckon the statement of a month, or reckon it anew while nobody has checked it.

    What a contract is due is reckoned from its first day and less what stands on earlier
    statements, so a month that was left out, or a contract that was approved late, comes right
    by itself, forward only.

    Args:
        month: first day of a month that is over at `at`.

    Returns:
        The statement; None where there is nothing to state.

    Raises:
        UnableToState: when the month is not over, or its statement, or one of a later month, has
            been made and checked.

    Rule source: the contract (partners.fee_bases, partners.activities of its version).
    """
    until = month_after(month)
    if business_date(at) < until:
        raise UnableToState(_("The month is not over."))
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    all_of_it = Statement.objects.filter(partner=locked)
    if all_of_it.filter(month__gt=month).exists():
        raise UnableToState(_("A later month has its statement: put it right there."))
    row = all_of_it.filter(month=month).first()
    if row is not None and row.status != StatementStatus.MADE:
        raise UnableToState(_("Somebody has checked this statement."))
    if row is not None:
        row.lines.all().delete()
    lines = [*_fees(locked, month), *_corrections(locked, month)]
    if row is None:
        if not lines:
            return None
        row = Statement(partner=locked, month=month, created_at=at)
    row.total_yuan = sum((line.amount_yuan for line in lines), NOTHING)
    row.counts = counts_of_month(locked, day_begins(month), day_begins(until))
    row.save()
    for number, line in enumerate(lines, start=1):
        line.statement, line.number = row, number
    StatementLine.objects.bulk_create(lines)
    record(
        StatementMade(subject=row.ref, partner=locked.ref, month=month, lines=len(lines)),
        actor=actor,
        at=at,
    )
    return row


def _fees(partner: Partner, month: date) -> Iterator[StatementLine]:
    """A line for each contract with a fee that something is due for."""
    facts = _facts(partner)
    until = min(month_after(month), facts.ended_on or date.max)
    contracts = Contract.objects.approved().filter(partner=partner, valid_from__lt=until)
    for contract in contracts.exclude(fee_basis=FeeBasis.NONE).order_by("valid_from", "pk"):
        term_to, sources = facts.term_of(contract)
        assert contract.fee_yuan is not None  # by constraint, as it has a fee
        assert contract.valid_to is not None
        earned = Accrual(
            fee_yuan=contract.fee_yuan,
            term_from=contract.valid_from,
            term_to=term_to,
            through=min(until, contract.valid_to),
        )
        earlier = StatementLine.objects.filter(contract=contract, statement__month__lt=month)
        stated = earlier.aggregate(all=Sum("amount_yuan"))["all"] or NOTHING
        amount = earned.line_after(stated)
        if amount == NOTHING:
            continue
        last = earlier.order_by("-statement__month").values_list("ends_on", flat=True).first()
        yield StatementLine(
            kind=LineKind.FEE,
            contract=contract,
            starts_on=min(last or contract.valid_from, earned.through),
            ends_on=earned.through,
            amount_yuan=amount,
            inputs=_inputs(earned, stated),
            sources=sources,
            rule_version=contract.rule_version,
        )


def _inputs(earned: Accrual, stated: Decimal) -> dict[str, Any]:
    """Every figure that the sum was reckoned from; money as text."""
    return {
        "fee_yuan": str(earned.fee_yuan),
        "term_from": earned.term_from.isoformat(),
        "term_to": earned.term_to.isoformat(),
        "term_days": earned.term_days,
        "through": earned.through.isoformat(),
        "days": earned.days,
        "earned_yuan": str(earned.amount),
        "stated_yuan": str(stated),
    }


def _facts(partner: Partner) -> Facts:
    entries = Entry.objects.filter(subject_type="partners.partner", subject_ref=partner.ref)
    approvals = entries.filter(kind=ContractApproved.kind).order_by("id")
    early = entries.filter(kind=ContractEndedEarly.kind).order_by("id")
    ended_on = None
    if partner.status == PartnerStatus.ENDED:
        ends = entries.filter(kind=PartnerStatusChanged.kind, payload__status=partner.status)
        ended = ends.order_by("id").last()
        ended_on = business_date(ended.at) if ended else None
    return Facts(approvals=list(approvals), early=list(early), ended_on=ended_on)


def _corrections(partner: Partner, month: date) -> Iterator[StatementLine]:
    """A line for each correction that stands on no statement yet."""
    rows = Correction.objects.filter(statement__partner=partner, line=None)
    for row in rows.select_related("statement").order_by("pk"):
        entries = Entry.objects.filter(
            Q(payload__correction=str(row.ref)),
            kind=CorrectionEntered.kind,
            subject_ref=row.statement.ref,
        )
        yield StatementLine(
            kind=LineKind.CORRECTION,
            correction=row,
            starts_on=row.statement.month,
            ends_on=month_after(row.statement.month),
            amount_yuan=row.amount_yuan,
            inputs={"corrects": str(row.statement.ref), "reason": row.reason},
            sources=list(entries.values_list("ref", flat=True)),
        )
