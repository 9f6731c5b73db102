"""Knowledge tests of trading permissions: the banks of questions and the attempts."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.permission_applications import PermissionApplication
from accounts.permissions.states import (
    ATTEMPT_TRANSITIONS,
    AttemptStatus,
)
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.reference.dated import Confidence, DatedRule, DatedRuleQuerySet

PREFIX = "permission_test."
"""A bank's key is this and the name of its test."""


class QuestionBank(DatedRule):
    """One version of the questions of one test, in both languages, signed off by a second person.

    `value` has the questions; each says how sure its right answer is (`certainty`), and the bank
    is no surer than the least sure of them. Only an approved bank is ever drawn from.
    """

    objects: ClassVar[Any] = DatedRuleQuerySet.as_manager()

    class Meta(DatedRule.Meta):
        verbose_name = _("bank of questions")
        verbose_name_plural = _("banks of questions")

    @property
    def test(self) -> str:
        """The name of its test, such as `margin`."""
        return self.key.removeprefix(PREFIX)

    @property
    def content(self) -> list[dict[str, Any]]:
        """Each question with its key, right option, options in their order, texts by language."""
        languages = [language for language, _name in settings.LANGUAGES]
        return [
            {
                "key": each["key"],
                "right": each["right"],
                "options": sorted(each[languages[0]]["options"]),
                "texts": {language: each[language] for language in languages},
            }
            for each in self.value["questions"]
        ]

    @property
    def right(self) -> dict[str, str]:
        """The right option of each question."""
        return {each["key"]: each["right"] for each in self.value["questions"]}

    def clean(self) -> None:
        """A bank claims no more certainty than its questions have.

        Raises:
            ValidationError: beside the field.
        """
        super().clean()
        surest_first = Confidence.values
        try:
            said = [surest_first.index(each["certainty"]) for each in self.value["questions"]]
            claimed = surest_first.index(self.confidence)
        except (KeyError, TypeError, ValueError):
            return  # the check of the value says what is wrong
        if claimed < max(said, default=0):
            raise ValidationError(
                {"confidence": gettext("The bank is no surer than its least sure question.")}
            )


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
        triggers = [
            pgtrigger.Trigger(
                name="attempts_draw_from_approved_banks",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("bank_id"),
                declare=[("signed", "text")],
                func="""
                    SELECT decision INTO signed FROM accounts_questionbank WHERE id = NEW.bank_id;
                    IF signed <> 'approved' THEN
                        RAISE EXCEPTION 'this bank of questions is not signed off'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_status_display()}"
