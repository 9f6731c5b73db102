"""Disputes: an institution says what is wrong on a statement, and a person answers by a day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.clients import ApiClient
from partners.models.institutions import Partner
from partners.models.statements import Correction, Statement
from partners.states import DISPUTE_TRANSITIONS, DisputeStatus


class Dispute(Referenced, Timestamped, Stateful):
    """An institution does not agree with a released statement, or with one of its lines.

    Life: open → accepted with a correction, which stands on a later statement, or refused with
    reasons. The statement itself stays. Not for: complaints about persons.
    """

    TRANSITIONS: ClassVar[StateTable] = DISPUTE_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="disputes", verbose_name=_("partner")
    )
    # None where an operator of the institution raised it by hand; the journal says who
    api_client = models.ForeignKey(
        ApiClient, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="disputes", verbose_name=_("partner statement")
    )
    line = models.PositiveSmallIntegerField(_("line"), null=True, blank=True)
    text = models.TextField(pgettext_lazy("dispute", "what is wrong"))
    status = models.CharField(
        _("status"), max_length=8, choices=DisputeStatus, default=DisputeStatus.OPEN
    )
    due_on = models.DateField(_("answer due on"))
    rule_version = models.CharField(_("version of the rule"), max_length=100, editable=False)
    answer = models.TextField(_("our answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by_ref = models.UUIDField(
        pgettext_lazy("dispute", "answered by"), null=True, blank=True, editable=False
    )
    correction = models.OneToOneField(
        Correction,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dispute",
        verbose_name=_("correction of a statement"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("dispute about a statement")
        verbose_name_plural = _("disputes about statements")
        permissions = [("answer_dispute", "Can answer disputes about statements")]
        indexes = [models.Index(fields=["partner", "-id"], name="disputes_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "line"],
                condition=Q(status=DisputeStatus.OPEN),
                nulls_distinct=False,
                name="one_open_dispute_of_a_line",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=DisputeStatus.OPEN, answer="", answered_at=None, answered_by_ref=None
                )
                | (
                    ~Q(status=DisputeStatus.OPEN)
                    & ~Q(answer="")
                    & Q(answered_at__isnull=False, answered_by_ref__isnull=False)
                ),
                name="an_answered_dispute_says_what_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(status=DisputeStatus.ACCEPTED, correction__isnull=False)
                | (~Q(status=DisputeStatus.ACCEPTED) & Q(correction=None)),
                name="only_an_accepted_dispute_corrects",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement}" + (f" #{self.line}" if self.line else "")
