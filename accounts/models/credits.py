"""Who is credited with an opening, by shares that are exactly the whole, and disputes about it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.counter.states import AT_COUNTER
from accounts.credit.rules import Part
from accounts.credit.states import ShareKind
from accounts.models.application import Application
from branches.models import OrgUnit
from brokerage.core.models import Referenced

STEPS = [(each.value, each.label) for each in AT_COUNTER]
SUM = """
IF EXISTS (SELECT FROM accounts_openingcredit WHERE id = {credit})
    AND (SELECT COALESCE(sum(percent), 0) FROM accounts_openingshare
         WHERE credit_id = {credit}) <> 100 THEN
    RAISE EXCEPTION 'the shares of a credit are exactly 100 per cent'
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NULL;
"""
OURS = """
IF NOT EXISTS (
    SELECT FROM accounts_openingcredit c JOIN accounts_application a ON a.id = c.application_id
    WHERE c.id = NEW.credit_id AND a.entry_ref IS NOT NULL AND a.entry_ref = a.origin_ref
) THEN
    RAISE EXCEPTION 'only a code of ours is credited with an opening'
        USING ERRCODE = 'integrity_constraint_violation';
END IF;
RETURN NEW;
"""


def _whole(name: str, operation: pgtrigger.Operation, credit: str) -> pgtrigger.Trigger:
    """At the end of the transaction, the shares of a credit are the whole."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=SUM.format(credit=credit),
    )


class OpeningCredit(Referenced):
    """How one opening was shared out.

    Never changed: where a dispute is upheld, another takes its place. It is about our own units
    and people; what an institution gets stands in its contract and its statements.
    """

    application = models.ForeignKey(
        Application,
        models.PROTECT,
        related_name="opening_credits",
        verbose_name=_("application"),
    )
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    made_at = models.DateTimeField(_("made at"))
    disputed_until = models.DateTimeField(_("can be disputed until"))
    replaced_at = models.DateTimeField(
        pgettext_lazy("credit", "replaced at"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("credit for an opening")
        verbose_name_plural = _("credits for openings")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(replaced_at=None),
                name="one_credit_counts_for_an_opening",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_credit_is_never_changed",
                fields=["application", "rule_version", "made_at", "disputed_until"],
            ),
            _whole("a_credit_has_its_shares", pgtrigger.Insert, "NEW.id"),
        ]

    def __str__(self) -> str:
        return self.application.case_number

    @property
    def parts(self) -> list[Part]:
        """Its shares as values, in their order; one query."""
        return [
            Part(ShareKind(row.kind), row.unit_id, row.percent, row.person_id, row.step)
            for row in self.shares.order_by("pk")
        ]


class OpeningShare(models.Model):
    """One share of the credit for an opening; together they are 100 per cent, by trigger."""

    credit = models.ForeignKey(OpeningCredit, models.PROTECT, related_name="shares")
    kind = models.CharField(pgettext_lazy("credit", "for"), max_length=8, choices=ShareKind)
    step = models.CharField(_("step"), max_length=12, choices=STEPS, blank=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
        null=True,
        blank=True,
    )
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("share of a credit")
        verbose_name_plural = _("shares of credits")
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="a_share_is_some_per_cent"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ShareKind.values) & (Q(kind=ShareKind.ASSIST) ^ Q(step="")),
                name="help_names_its_step",
            ),
            models.UniqueConstraint(
                fields=["credit"],
                condition=Q(kind=ShareKind.ENTRY),
                name="one_entry_is_credited",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            _whole("shares_are_the_whole", pgtrigger.Insert, "NEW.credit_id"),
            _whole("shares_stay_the_whole", pgtrigger.Delete, "OLD.credit_id"),
            pgtrigger.Protect(name="shares_are_never_changed", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="an_institution_is_never_credited",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__kind=ShareKind.ENTRY.value),
                func=OURS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.percent}"


class OpeningDispute(Referenced):
    """A side says that a credit is wrong; somebody else at head office answers, by a clock."""

    credit = models.ForeignKey(
        OpeningCredit, models.PROTECT, related_name="disputes", verbose_name=_("credit")
    )
    reason = models.CharField(pgettext_lazy("credit", "what is wrong"), max_length=500)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("disputed by")
    )
    raised_at = models.DateTimeField(_("disputed at"))
    due_at = models.DateTimeField(_("to be answered until"))
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    answer = models.CharField(_("our answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("credit", "answered by"),
        null=True,
        blank=True,
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute about an opening")
        verbose_name_plural = _("disputes about openings")
        constraints = [
            models.UniqueConstraint(
                fields=["credit"],
                condition=Q(answered_at=None),
                name="one_open_dispute_of_an_opening",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, upheld=None, answer="")
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False)
                    & Q(upheld__isnull=False)
                    & ~Q(answer="")
                ),
                name="an_answered_opening_dispute_says_how",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("raised_by")),
                name="who_disputes_an_opening_does_not_answer",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_opening_dispute_says_why"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(
                name="what_was_disputed_stays", fields=["credit", "reason", "raised_by"]
            ),
        ]

    def __str__(self) -> str:
        return str(self.credit)
