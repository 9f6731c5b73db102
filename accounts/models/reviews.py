"""How applications went through the desk: routings, pauses, second looks, skills of reviewers."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.application import Application
from accounts.review.states import (
    BLIND_TRANSITIONS,
    BlindStatus,
    PauseReason,
    Risk,
    RiskClass,
    Route,
    Skill,
)
from accounts.states import Verdict
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class Routing(Referenced):
    """One decision of the routing rule: inputs, draw, outcome. Rows are only added; last counts.

    With the rule's version, the facts and the draw it can be computed again to the same answer.
    Not for: personal values; the facts say only that something differs, never what.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="routings", verbose_name=_("application")
    )
    risk = models.CharField(_("risk"), max_length=6, choices=RiskClass)
    route = models.CharField(_("route"), max_length=4, choices=Route)
    risks = ArrayField(models.CharField(max_length=20, choices=Risk), verbose_name=_("risks"))
    facts = models.JSONField(_("facts"))
    draw = models.PositiveSmallIntegerField(_("draw"))
    rule_version = models.CharField(_("rule"), max_length=100)
    routed_at = models.DateTimeField(_("routed at"))

    class Meta:
        verbose_name = _("routing of an application")
        verbose_name_plural = _("routings of applications")
        constraints = [
            models.CheckConstraint(condition=Q(draw__lt=1000), name="a_draw_is_in_thousandths"),
        ]
        triggers = [pgtrigger.Protect(name="routings_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.risk} {self.route} {self.rule_version}"


class Pause(Referenced):
    """A stop of the promise, with its reason in words fit for the customer.

    Life: begun → ended; then the promise goes on with the desk minutes that were left.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="pauses", verbose_name=_("application")
    )
    reason = models.CharField(_("reason"), max_length=8, choices=PauseReason)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(pgettext_lazy("pause", "ended at"), null=True, blank=True)
    minutes_left = models.PositiveIntegerField(_("desk minutes left"))

    class Meta:
        verbose_name = _("pause of a review")
        verbose_name_plural = _("pauses of reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(ended_at=None),
                name="one_pause_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="a_pause_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.began_at:%Y-%m-%d %H:%M}"


class BlindReview(Referenced, Stateful):
    """A second look at a decided application by somebody who does not see the outcome.

    Life: drawn at random and waiting → answered by a person who took no part. Whether both agree
    is kept; the page for head office shows how often they do not.

    Not for: changing the decision. A disagreement is talked about, and may lead to a restriction.
    """

    TRANSITIONS: ClassVar[StateTable] = BLIND_TRANSITIONS

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="blind_review", verbose_name=_("application")
    )
    status = models.CharField(
        _("status"), max_length=8, choices=BlindStatus, default=BlindStatus.WAITING
    )
    outcome = models.CharField(_("decision"), max_length=8, choices=Verdict)
    by_rule = models.BooleanField(_("decided by rule"))
    drawn_at = models.DateTimeField(_("drawn at"))
    # Repeat the application's people, so that a constraint can keep them out.
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("looked at by"),
        null=True,
        blank=True,
    )
    verdict = models.CharField(_("second look"), max_length=8, choices=Verdict, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("looked at on"), null=True, blank=True)
    agrees = models.BooleanField(_("agrees"), null=True, blank=True)

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        permissions = [("answer_blindreview", "Can give a second look without the outcome")]
        indexes = [models.Index(fields=["answered_at"], name="second_looks_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status=BlindStatus.WAITING,
                    reviewer=None,
                    verdict="",
                    answered_at=None,
                    agrees=None,
                )
                | Q(
                    status=BlindStatus.ANSWERED,
                    reviewer__isnull=False,
                    verdict__in=Verdict.values,
                    answered_at__isnull=False,
                    agrees__isnull=False,
                ),
                name="an_answered_second_look_has_its_verdict",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None)
                | (
                    (Q(first=None) | ~Q(reviewer=F("first")))
                    & (Q(second=None) | ~Q(reviewer=F("second")))
                ),
                name="nobody_looks_at_their_own_decision_again",
            ),
        ]


class ReviewSkillQuerySet(models.QuerySet["ReviewSkill"]):
    def of(self, user: Any, on: date) -> Self:
        """What `user` has learned on the business date `on`."""
        ends = Q(valid_to=None) | Q(valid_to__gt=on)
        return self.filter(ends, user=user, valid_from__lte=on)


class ReviewSkill(Referenced):
    """Somebody may take applications that ask for this skill, from one day to another."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="review_skills",
        verbose_name=_("member of staff"),
        limit_choices_to={"kind": "staff"},
    )
    skill = models.CharField(_("skill"), max_length=8, choices=Skill)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ReviewSkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill of a reviewer")
        verbose_name_plural = _("skills of reviewers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "skill"],
                condition=Q(valid_to=None),
                name="a_skill_is_given_once",
                violation_error_message=_("This person has this skill already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="a_skill_ends_after_it_begins",
                violation_error_message=_("The end lies after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_skill_display()}"
