"""What is owed to an investor before a sale: all that apps which sell have to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from suitability.models import Disclosure, InsistCase, MatchRecord
from suitability.rules.matching import Duty, MatchDecision, MatchInputs, MatchOutcome
from suitability.selectors.rules import disclosure_rules_on
from suitability.states import DisclosureStatus, InsistStatus


class NothingToSell(Exception):
    """The decision is of another day, or refuses the sale; the message is translated."""


class DutyOpen(Exception):
    """Something is still owed before this sale; the message is translated.

    Attributes:
        duty: the first one that is open.
    """

    def __init__(self, message: str, duty: Duty) -> None:
        super().__init__(message)
        self.duty = duty


def require_told(*, decision: MatchRecord, at: datetime) -> None:
    """Refuse a sale while something is owed to this investor before it; writes nothing.

    Args:
        decision: of today, that the sale rests on.

    Raises:
        DutyOpen: for the insist route that is not confirmed today, or texts that were not told
            within the days they count, in present versions, for this opinion and this grade.
        NothingToSell: where the decision is of another day or refuses the sale.
    """
    on = business_date(at)
    if decision.decided_on != on or decision.outcome == MatchOutcome.REFUSED.value:
        raise NothingToSell(_("This result is of another day. Have it checked anew first."))
    duties = duties_of(decision)
    if Duty.INSIST_ROUTE in duties and not _insisted(decision):
        raise DutyOpen(_("This does not suit you, and nothing more is open."), Duty.INSIST_ROUTE)
    if Duty.DISCLOSE in duties and told_before(decision, on) is None:
        special = Duty.SPECIAL_PROCEDURE in duties
        raise DutyOpen(
            _("First read what we have to tell you before you buy."),
            Duty.SPECIAL_PROCEDURE if special else Duty.DISCLOSE,
        )


def duties_of(decision: MatchRecord) -> tuple[Duty, ...]:
    """What is owed before a sale on this decision; nothing to a professional investor."""
    return MatchDecision.from_json(decision.result or "").duties


def told_before(decision: MatchRecord, on: date) -> Disclosure | None:
    """A finished disclosure that counts on `on` for this customer, item, opinion and grade."""
    told = told_to(decision.customer_id, on, items=[decision.item_id])
    return told.before(
        item=decision.item_id,
        outcome=decision.outcome,
        grade=grade_of(decision),
        duties=duties_of(decision),
    )


@dataclass(frozen=True)
class Told:
    """What one customer was told that still counts, the newest first; asked for many at once."""

    rows: Sequence[Disclosure]
    special_text: str

    def before(
        self, *, item: int, outcome: str, grade: str, duties: Sequence[Duty]
    ) -> Disclosure | None:
        """What counts for an opinion on an item; None where it has to be told (anew).

        Args:
            item: key of the graded item.
            duties: of the opinion; the special procedure asks for its own text too.
        """
        for row in self.rows:
            if (row.record.item_id, row.record.outcome) != (item, outcome):
                continue
            if Duty.SPECIAL_PROCEDURE in duties and not self._special(row):
                continue
            if grade_of(row.record) == grade:
                return row
        return None

    def _special(self, row: Disclosure) -> bool:
        return row.special and row.special_text == self.special_text


def told_to(customer: int, on: date, *, items: Sequence[int]) -> Told:
    """What a customer was told of some items in present versions, within the days it counts.

    Args:
        customer: key.
        items: keys of the graded items; one query, and one for the rules.
    """
    rules = disclosure_rules_on(on)
    rows = Disclosure.objects.filter(
        customer=customer,
        record__item__in=items,
        status=DisclosureStatus.DONE,
        text=rules.text,
        done_at__date__gte=on - timedelta(days=rules.counts_days),
        done_at__date__lte=on,
    )
    return Told(list(rows.select_related("record").order_by("-done_at")), rules.special_text)


def _insisted(decision: MatchRecord) -> bool:
    cases = InsistCase.objects.filter(
        customer=decision.customer_id,
        record__item=decision.item_id,
        record__decided_on=decision.decided_on,
        status=InsistStatus.CONFIRMED,
    )
    return cases.exists()


def grade_of(decision: MatchRecord) -> str:
    """The grade that a kept decision rests on, such as R3."""
    return MatchInputs.from_json(decision.inputs or "").item.grade.value
