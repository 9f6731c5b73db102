"""How a paper was answered, and signs that somebody else told the answers. For compliance only."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.saving import KeptStatements
from brokerage.core.states import Stateful, StateTable
from suitability.models.assessments import Assessment
from suitability.rules.reasons import Code, Reason, because
from suitability.states import COACHING_TRANSITIONS, CoachingStatus

BLOCKS = 4
"""Papers that differ in fewer questions than this share a block; see `AnsweringTrace`."""


class AnsweringTrace(KeptStatements):
    """Where and how fast one paper was answered; kept with it and never changed.

    `blocks` are keyed hashes of the answers, cut into BLOCKS parts: two papers that differ in at
    most BLOCKS - 1 questions have a block in common, so that near-identical ones are found by an
    index instead of opening everybody's answers.
    """

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="trace", verbose_name=_("assessment")
    )
    device_hash = models.CharField(max_length=64, blank=True)
    outlet_ref = models.UUIDField(null=True, blank=True)
    seconds = models.PositiveIntegerField()
    blocks = ArrayField(models.CharField(max_length=64), size=BLOCKS)
    answered_at = models.DateTimeField()

    objects: ClassVar[models.Manager[AnsweringTrace]] = models.Manager()

    class Meta:
        verbose_name = _("trace of answering")
        verbose_name_plural = _("traces of answering")
        indexes = [
            GinIndex(fields=["blocks"], name="papers_with_like_answers"),
            models.Index(
                fields=["device_hash", "answered_at"],
                condition=~Q(device_hash=""),
                name="papers_of_a_device",
            ),
        ]
        triggers = [pgtrigger.Protect(name="traces_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return str(self.pk)


class CoachingQuerySet(models.QuerySet["CoachingFlag"]):
    def waiting(self) -> Self:
        """Not looked at yet."""
        return self.filter(status=CoachingStatus.WAITING)


class CoachingFlag(Referenced, Stateful):
    """Signs found in one paper, and what compliance made of them. The class stands meanwhile.

    Neither the customer nor the outlet or partner concerned ever sees it. `inputs` holds what the
    signs were found in (`coaching.CoachingInputs`), so that they can be found again.
    """

    TRANSITIONS: ClassVar[StateTable] = COACHING_TRANSITIONS

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="coaching", verbose_name=_("assessment")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=CoachingStatus, default=CoachingStatus.WAITING
    )
    signs = models.JSONField(_("signs"))
    inputs = EncryptedTextField(_("inputs"))
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    found_at = models.DateTimeField(_("found at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = CoachingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("suitability", "sign of coaching")
        verbose_name_plural = pgettext_lazy("suitability", "signs of coaching")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status=CoachingStatus.WAITING, decided_by=None, decided_at=None, note=""
                )
                | (
                    ~Q(status=CoachingStatus.WAITING)
                    & ~Q(note="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="a_decided_coaching_flag_has_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(signs=[]) & ~Q(rule_version=""), name="a_coaching_flag_has_its_signs"
            ),
        ]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The signs as reasons."""
        found: list[dict[str, Any]] = self.signs
        return tuple(because(Code(each["code"]), **each["params"]) for each in found)
