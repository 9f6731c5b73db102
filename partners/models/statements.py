"""Monthly statements of what an institution is paid, line by line, and what corrects them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core import money
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.contracts import Contract
from partners.models.institutions import Partner
from partners.states import STATEMENT_TRANSITIONS, LineKind, StatementStatus

RELEASED_STAYS = pgtrigger.Trigger(
    name="a_statement_adds_up_and_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF OLD.status = 'released' THEN
            RAISE EXCEPTION 'a released statement never changes'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF NEW.status <> 'made' AND NEW.total_yuan <> (
            SELECT coalesce(sum(amount_yuan), 0) FROM partners_statementline
            WHERE statement_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'the lines of a statement add up to its total'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """,
)
LINES_STAY = pgtrigger.Trigger(
    name="lines_change_only_while_it_is_made",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("owner", "bigint")],
    func="""
        IF TG_OP = 'DELETE' THEN
            owner := OLD.statement_id;
        ELSE
            owner := NEW.statement_id;
        END IF;
        IF TG_OP = 'UPDATE' OR
            (SELECT status FROM partners_statement WHERE id = owner) <> 'made' THEN
            RAISE EXCEPTION 'lines are made and deleted with a statement that nobody has checked'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    """,
)


class Statement(Referenced, Timestamped, Stateful):
    """What an institution is paid for one month.

    Life: made by a job after the month → checked by one person → released by another, or sent
    back. A released one never changes: what was wrong is a line of a later one.
    """

    TRANSITIONS: ClassVar[StateTable] = STATEMENT_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="statements", verbose_name=_("partner")
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    status = models.CharField(
        _("status"), max_length=8, choices=StatementStatus, default=StatementStatus.MADE
    )
    total_yuan = models.DecimalField(_("total in yuan"), **money.YUAN, default=0)
    counts = models.JSONField(pgettext_lazy("statement", "counts"), default=dict)
    checked_by_ref = models.UUIDField(_("checked by"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    released_by_ref = models.UUIDField(_("released by"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(
        pgettext_lazy("statement", "released at"), null=True, blank=True
    )
    dispute_by = models.DateField(_("last day for a dispute"), null=True, blank=True)
    rule_version = models.CharField(_("version of the rule"), max_length=100, blank=True)

    objects: Any = models.Manager()
    version: ClassVar[int] = 1
    """What is seen never changes."""

    class Meta:
        verbose_name = _("partner statement")
        verbose_name_plural = _("partner statements")
        permissions = [
            ("check_statement", "Can check the statement of an institution"),
            ("release_statement", "Can release a checked statement"),
        ]
        triggers = [RELEASED_STAYS]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "month"], name="one_statement_of_a_partner_a_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_statement_is_of_a_month"),
            models.CheckConstraint(
                condition=Q(status=StatementStatus.MADE, checked_by_ref=None, checked_at=None)
                | (
                    Q(status__in=[StatementStatus.CHECKED, StatementStatus.RELEASED])
                    & Q(checked_by_ref__isnull=False, checked_at__isnull=False)
                ),
                name="a_checked_statement_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=StatementStatus.RELEASED,
                    released_by_ref__isnull=False,
                    released_at__isnull=False,
                    dispute_by__isnull=False,
                )
                | (
                    ~Q(status=StatementStatus.RELEASED)
                    & Q(released_by_ref=None, released_at=None, dispute_by=None)
                ),
                name="a_released_statement_says_by_whom_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(released_by_ref=None) | ~Q(released_by_ref=F("checked_by_ref")),
                name="who_releases_a_statement_has_not_checked_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Correction(Referenced, Timestamped):
    """What was wrong on a released statement; becomes one line of the next one that is made.

    Whoever entered it does not release the statement on which it stands (use case).
    """

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="corrections", verbose_name=_("partner statement")
    )
    amount_yuan = models.DecimalField(
        _("amount in yuan"), **money.YUAN, help_text=_("Negative where too much was paid.")
    )
    reason = models.CharField(_("reason"), max_length=300)
    made_by_ref = models.UUIDField(_("entered by"), editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("correction of a statement")
        verbose_name_plural = _("corrections of statements")
        triggers = [pgtrigger.ReadOnly(name="a_correction_stays")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount_yuan=0),
                name="a_correction_is_a_sum",
                violation_error_message=_("Give a sum other than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement}: {self.amount_yuan}"


class StatementLine(models.Model):
    """One sum of a statement, with all that it was reckoned from.

    `inputs` are the figures of `rules.fees.Accrual`; `sources` the refs of the journal entries
    that the sum rests on; `rule_version` is what the contract or the correction rests on.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    correction = models.OneToOneField(
        Correction, models.PROTECT, null=True, blank=True, related_name="line"
    )
    starts_on = models.DateField(pgettext_lazy("statement line", "from"))
    ends_on = models.DateField(_("until, not included"))
    amount_yuan = models.DecimalField(_("amount in yuan"), **money.YUAN)
    inputs = models.JSONField(pgettext_lazy("statement line", "inputs"))
    sources = ArrayField(models.UUIDField(), verbose_name=_("journal entries"), default=list)
    rule_version = models.CharField(_("version of the rule"), max_length=210, blank=True)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        triggers = [LINES_STAY]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "number"], name="lines_of_a_statement_count_up"
            ),
            models.UniqueConstraint(
                fields=["statement", "contract"], name="a_contract_has_one_line_a_month"
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.FEE, contract__isnull=False, correction=None)
                | Q(kind=LineKind.CORRECTION, contract=None, correction__isnull=False),
                name="a_line_is_of_a_contract_or_a_correction",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="a_line_has_its_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.number}"

    @property
    def last_day(self) -> date:
        """The last day that the sum is for; as people say it."""
        return max(self.starts_on, self.ends_on - timedelta(days=1))


def month_of(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
