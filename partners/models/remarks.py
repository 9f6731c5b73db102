"""Suggestions and complaints of institutions; each is answered by a promised day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.clients import ApiClient
from partners.models.institutions import Partner
from partners.states import REMARK_TRANSITIONS, RemarkKind, RemarkStatus


class Remark(Referenced, Timestamped, Stateful):
    """What an institution suggests or complains of: open → answered by one of our people.

    Not for: sums of a statement (`Dispute`), and what customers complain of (products).
    """

    TRANSITIONS: ClassVar[StateTable] = REMARK_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="remarks", verbose_name=_("partner")
    )
    # None where an operator of the institution wrote it by hand; the journal says who
    api_client = models.ForeignKey(
        ApiClient, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    partner_reference = models.CharField(_("partner's reference"), max_length=64)
    kind = models.CharField(_("kind"), max_length=10, choices=RemarkKind)
    text = EncryptedTextField(pgettext_lazy("remark", "what it says"))
    status = models.CharField(
        _("status"), max_length=8, choices=RemarkStatus, default=RemarkStatus.OPEN
    )
    due_on = models.DateField(_("answer due on"))
    rule_version = models.CharField(_("version of the rule"), max_length=100, editable=False)
    answer = EncryptedTextField(_("our answer"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by_ref = models.UUIDField(
        pgettext_lazy("dispute", "answered by"), null=True, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("remark of an institution")
        verbose_name_plural = _("remarks of institutions")
        permissions = [("answer_remark", "Can answer remarks of institutions")]
        indexes = [models.Index(fields=["partner", "-id"], name="remarks_of_a_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "partner_reference"],
                name="one_remark_for_each_partner_reference",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=RemarkStatus.OPEN,
                    answer__isnull=True,
                    answered_at=None,
                    answered_by_ref=None,
                )
                | Q(
                    status=RemarkStatus.ANSWERED,
                    answer__isnull=False,
                    answered_at__isnull=False,
                    answered_by_ref__isnull=False,
                ),
                name="an_answered_remark_says_what_and_by_whom",
            ),
        ]
