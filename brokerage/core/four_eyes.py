"""Four eyes: what one person made counts only after another has checked it.

This lower half decides in memory and knows no journal; the use case that locks the row, saves
and records stands in `brokerage.backoffice.four_eyes`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    """What the second person said."""

    PENDING = "pending", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class FourEyesRefused(Exception):
    """The decision is not allowed; the message is translated and may be shown."""


M = TypeVar("M", bound=models.Model)

# What the checker writes; all else has to stay as the maker left it.
DECISION_COLUMNS = ("decision", "checked_by_ref", "checked_at", "rejection_reason")


class FourEyedQuerySet(models.QuerySet[M]):
    """Filters by decision; the query set of a concrete model inherits it."""

    def pending(self) -> Self:
        """Rows that wait for a second person."""
        return self.filter(decision=Decision.PENDING)

    def approved(self) -> Self:
        """Rows that count."""
        return self.filter(decision=Decision.APPROVED)

    def rejected(self) -> Self:
        """Rows that were sent back."""
        return self.filter(decision=Decision.REJECTED)


class FourEyed(models.Model):
    """Made by one person, checked by another; people are opaque refs of log-ins.

    A child with its own Meta inherits `FourEyed.Meta` and adds its constraints to
    `FourEyed.Meta.constraints`.
    """

    made_by_ref = models.UUIDField(_("made by"), editable=False)
    made_at = models.DateTimeField(pgettext_lazy("four eyes", "made at"), editable=False)
    checked_by_ref = models.UUIDField(_("checked by"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(
        pgettext_lazy("four eyes", "checked at"), null=True, blank=True, editable=False
    )
    decision = models.CharField(
        _("decision"),
        max_length=8,
        choices=Decision,
        default=Decision.PENDING,
        editable=False,
    )
    rejection_reason = models.TextField(_("reason of the rejection"), blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by_ref__isnull=True) | ~Q(checked_by_ref=F("made_by_ref")),
                name="%(app_label)s_%(class)s_maker_is_not_checker",
                violation_error_message=_("Another person than the maker has to check this."),
            ),
            models.CheckConstraint(
                condition=Q(
                    decision=Decision.PENDING,
                    checked_by_ref__isnull=True,
                    checked_at__isnull=True,
                )
                | Q(
                    decision__in=[Decision.APPROVED, Decision.REJECTED],
                    checked_by_ref__isnull=False,
                    checked_at__isnull=False,
                ),
                name="%(app_label)s_%(class)s_a_decision_has_checker_and_time",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.REJECTED) ^ Q(rejection_reason=""),
                name="%(app_label)s_%(class)s_only_a_rejection_has_a_reason",
            ),
        ]

    def approving(self, at: datetime) -> None:
        """Hook for the last check before an approval at `at`, inside the caller's transaction.

        A child may change its neighbours here (close the row that it replaces).

        Raises:
            FourEyesRefused: when the row must not be approved.
        """

    @property
    def is_approved(self) -> bool:
        """Whether a second person agreed."""
        return self.decision == Decision.APPROVED

    @property
    def is_pending(self) -> bool:
        """Whether a second person has still to look."""
        return self.decision == Decision.PENDING


def approve(row: FourEyed, by: UUID, at: datetime) -> None:
    """Approve `row` in memory; the caller holds the row lock, saves, and has a transaction open.

    Args:
        row: a pending row.
        by: ref of the checking person's log-in.
        at: the instant of the decision, aware.

    Raises:
        FourEyesRefused: when it is decided already or `by` made it.
    """
    _decide(row, Decision.APPROVED, by, at)


def reject(row: FourEyed, by: UUID, at: datetime, reason: str) -> None:
    """Reject `row` in memory, with a reason for its maker; the caller saves.

    Raises:
        FourEyesRefused: when it is decided already, `by` made it, or the reason is blank.
    """
    if not reason.strip():
        raise FourEyesRefused(gettext("Say why, so that the maker knows what to change."))
    _decide(row, Decision.REJECTED, by, at)
    row.rejection_reason = reason.strip()


def _decide(row: FourEyed, decision: Decision, by: UUID, at: datetime) -> None:
    if not row.is_pending:
        raise FourEyesRefused(gettext("Somebody has decided this already."))
    if by == row.made_by_ref:
        raise FourEyesRefused(gettext("Another person than the maker has to check this."))
    if decision == Decision.APPROVED:
        row.approving(at)
    row.decision, row.checked_by_ref, row.checked_at = decision, by, at


def decided_rows_stay(*, but_shorten: str = "") -> pgtrigger.Trigger:
    """A trigger that keeps what was checked: for `Meta.triggers` of a four-eyed model.

    The decision itself may change no other column; a decided row is never changed or deleted.

    Args:
        but_shorten: the one date or time column that may still be set earlier, such as valid_to.
    """
    decision = "".join(f" - '{column}'" for column in DECISION_COLUMNS)
    rest = f" - '{but_shorten}'" if but_shorten else ""
    longer = (
        f"OR (NEW.{but_shorten} IS DISTINCT FROM OLD.{but_shorten} AND "
        f"(NEW.{but_shorten} IS NULL OR NEW.{but_shorten} > OLD.{but_shorten}))"
        if but_shorten
        else ""
    )
    return pgtrigger.Trigger(
        name="decided_rows_stay",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' THEN
                IF OLD.decision <> 'pending' THEN
                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END IF;
            IF OLD.decision = 'pending' THEN
                IF NEW.decision <> 'pending'
                    AND to_jsonb(OLD){decision} IS DISTINCT FROM to_jsonb(NEW){decision} THEN
                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
            ELSIF to_jsonb(OLD){rest} IS DISTINCT FROM to_jsonb(NEW){rest} {longer} THEN
                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        """,
    )
