"""A customer's wish for another custody bank or card, confirmed with a code."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.banking.states import (
    CAN_BE_TAKEN_BACK,
    CHANGE_ENDED,
    CHANGE_OPEN,
    CHANGE_TRANSITIONS,
    Blocker,
    ChangeStatus,
)
from accounts.models.application import Application
from accounts.models.codes import SignedByCode
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class BankChange(SignedByCode, Referenced, Stateful):
    """One try to tie an account to another bank or card.

    Life: asked → confirmed with the code that was sent for exactly this bank and card, and the
    bank is asked → done, or to be finished at the bank → done; or blocked, with everything that
    the bank has against it. The link that there is stays until the new one is done.

    Not for: the first link, which the opening asks for.
    """

    TRANSITIONS: ClassVar[StateTable] = CHANGE_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="bank_changes", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ChangeStatus, default=ChangeStatus.ASKED
    )
    bank = models.CharField(_("bank"), max_length=8)
    card = EncryptedTextField(_("card number"))
    replaces = models.CharField(_("bank before"), max_length=8, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    blockers = ArrayField(
        models.CharField(max_length=16, choices=Blocker),
        verbose_name=_("what is in the way"),
        default=list,
        blank=True,
    )
    ended_at = models.DateTimeField(pgettext_lazy("closing", "ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of the bank")
        verbose_name_plural = _("changes of banks")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=CHANGE_OPEN),
                name="one_open_bank_change_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[ChangeStatus.ASKED, ChangeStatus.WITHDRAWN])
                | Q(confirmed_at__isnull=False),
                name="a_bank_is_asked_after_the_confirmation",
            ),
            models.CheckConstraint(
                condition=Q(status=ChangeStatus.BLOCKED, blockers__len__gte=1)
                | (~Q(status=ChangeStatus.BLOCKED) & Q(blockers=[])),
                name="a_blocked_bank_change_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CHANGE_ENDED, ended_at__isnull=False)
                | (~Q(status__in=CHANGE_ENDED) & Q(ended_at=None)),
                name="an_ended_bank_change_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.short_ref}"

    @property
    def fingerprint(self) -> str:
        """What a code confirms: this bank with this card."""
        return f"{self.bank}:{self.card}"

    @property
    def can_be_taken_back(self) -> bool:
        """Whether the customer may still give it up."""
        return self.status in CAN_BE_TAKEN_BACK
