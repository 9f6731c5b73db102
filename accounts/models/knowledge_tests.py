"""Knowledge tests of trading permissions: the banks of questions and the attempts."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.permission_applications import PermissionApplication
from accounts.permissions.states import (
    ATTEMPT_TRANSITIONS,
    AttemptStatus,
)
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class QuestionBank(models.Model):
    """One version of the questions of one test, in both languages; never changed or removed."""

    key = models.CharField(_("test"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("questions"))
    sha256 = models.CharField(max_length=64, editable=False)
    valid_from = models.DateTimeField(_("valid from"))

    class Meta:
        verbose_name = _("bank of questions")
        verbose_name_plural = _("banks of questions")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "version"], name="one_bank_of_questions_of_each_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="banks_of_questions_stay", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}@{self.version}"

    @property
    def right(self) -> dict[str, str]:
        """The right option of each question."""
        return {each["key"]: each["right"] for each in self.content}


class TestAttempt(Referenced, Stateful):
    """One attempt at a knowledge test: counted once, whatever is sent how often.

    `drawn` holds questions and options in the order shown, `answers` what was chosen. An attempt
    whose time is over lapses: answers that come later count for nothing.
    """

    __test__ = False  # it is no test of pytest's
    TRANSITIONS: ClassVar[StateTable] = ATTEMPT_TRANSITIONS

    application = models.ForeignKey(
        PermissionApplication,
        models.PROTECT,
        related_name="attempts",
        verbose_name=_("application for a trading permission"),
    )
    bank = models.ForeignKey(
        QuestionBank, models.PROTECT, related_name="+", verbose_name=_("bank of questions")
    )
    number = models.PositiveSmallIntegerField(_("attempt"))
    status = models.CharField(
        _("status"), max_length=6, choices=AttemptStatus, default=AttemptStatus.OPEN
    )
    drawn = models.JSONField(_("questions as shown"))
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    mark = models.PositiveSmallIntegerField(_("pass mark"))
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    rule_version = models.CharField(_("rule version"), max_length=100)
    begun_at = models.DateTimeField(_("begun at"))
    until = models.DateTimeField(_("time until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt at a knowledge test")
        verbose_name_plural = _("attempts at knowledge tests")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="attempts_of_a_case_are_counted"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status=AttemptStatus.OPEN),
                name="one_open_attempt_of_a_case",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("begun_at")), name="an_attempt_has_time"
            ),
            models.CheckConstraint(
                condition=Q(status=AttemptStatus.OPEN, ended_at=None, score=None)
                | Q(status=AttemptStatus.LAPSED, ended_at__isnull=False, score=None)
                | Q(
                    status=AttemptStatus.PASSED,
                    ended_at__isnull=False,
                    score__gte=F("mark"),
                    score__lte=100,
                )
                | Q(
                    status=AttemptStatus.FAILED,
                    ended_at__isnull=False,
                    score__lt=F("mark"),
                ),
                name="an_attempt_is_passed_by_its_mark",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_status_display()}"
