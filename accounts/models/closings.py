"""A customer's wish to close an account, confirmed with a code, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.life.states import CLOSING_OPEN, CLOSING_TRANSITIONS, WITHDRAWABLE, ClosingStatus
from accounts.models.application import Application
from accounts.models.codes import SignedByCode
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class Closing(SignedByCode, Referenced, Stateful):
    """One closing of one account.

    Life: asked → confirmed with the code that was sent for exactly this closing → running, once
    the time to take it back is over: depository first, then bank → done. Taken back before that
    at any time. `problem` says what a counterparty answered instead; staff ask again.
    """

    TRANSITIONS: ClassVar[StateTable] = CLOSING_TRANSITIONS
    fingerprint = "closing"
    """A closing has no content: its code is bound to the row alone."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="closings", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ClosingStatus, default=ClosingStatus.ASKED
    )
    asked_at = models.DateTimeField(_("asked at"))
    signer = EncryptedTextField(_("signer"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    begins_at = models.DateTimeField(_("begins at"), null=True, blank=True)
    due_at = models.DateTimeField(
        pgettext_lazy("closing", "promised until"), null=True, blank=True
    )
    rule_version = models.CharField(_("rule"), max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    problem = models.CharField(_("what is in the way"), max_length=40, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("closing", "ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("closing of an account")
        verbose_name_plural = _("closings of accounts")
        permissions = [("ask_again_closing", "Can ask depository or bank again for a closing")]
        indexes = [
            models.Index(
                fields=["begins_at"],
                condition=Q(status=ClosingStatus.CONFIRMED),
                name="closings_that_begin",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=CLOSING_OPEN),
                name="one_open_closing_of_an_account",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[ClosingStatus.ASKED, ClosingStatus.WITHDRAWN])
                | Q(
                    confirmed_at__isnull=False,
                    begins_at__isnull=False,
                    due_at__isnull=False,
                    signer__isnull=False,
                ),
                name="a_confirmed_closing_has_signer_and_promise",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[ClosingStatus.DONE, ClosingStatus.WITHDRAWN],
                    ended_at__isnull=False,
                    problem="",
                )
                | (
                    Q(ended_at=None) & ~Q(status__in=[ClosingStatus.DONE, ClosingStatus.WITHDRAWN])
                ),
                name="an_ended_closing_says_when",
            ),
        ]

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether nobody outside has been asked yet."""
        return self.status in WITHDRAWABLE
