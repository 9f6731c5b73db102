"""The follow-up before an account becomes active: every question answered yes, or nothing."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.application import Application
from brokerage.core.models import Referenced


class FollowUp(Referenced):
    """One follow-up of one application: own answers, or a call by central staff.

    Any "no" stops the activation until central staff have cleared it up. `answers` holds the
    keys of the script's questions with yes or no, and nothing personal. `tries` counts calls that
    nobody took; who called when stands in the journal. Once its date has passed by more than the
    rule allows it is escalated (`escalated_at`) to whoever answers for central visits, until a new
    date is set or all is answered.
    """

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="follow_up", verbose_name=_("application")
    )
    due_at = models.DateTimeField(_("due at"))
    script_version = models.CharField(_("script"), max_length=60)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("called by"),
        null=True,
        blank=True,
    )
    passed = models.BooleanField(_("all answered yes"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("calls without an answer"), default=0)
    tried_at = models.DateTimeField(_("last called at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    escalation_rule = models.CharField(
        _("rule of the escalation"), max_length=100, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("follow-up visit")
        verbose_name_plural = _("follow-up visits")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(answered_at=None), name="follow_ups_that_wait"
            ),
            models.Index(
                fields=["due_at"],
                condition=~Q(passed=True) & Q(escalated_at=None),
                name="follow_ups_to_escalate",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, passed=None)
                | Q(answered_at__isnull=False, passed__isnull=False),
                name="an_answered_follow_up_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(tries=0, tried_at=None) | Q(tries__gt=0, tried_at__isnull=False),
                name="a_call_without_an_answer_says_when",
            ),
            models.CheckConstraint(
                condition=Q(escalated_at=None, escalation_rule="")
                | (Q(escalated_at__gt=F("due_at")) & ~Q(escalation_rule="")),
                name="an_escalated_follow_up_is_late_by_a_rule",
            ),
        ]
