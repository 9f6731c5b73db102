"""A class that rose shortly after a refusal: a supervisor looks at it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from suitability.models.assessments import Assessment
from suitability.states import JUMP_TRANSITIONS, JumpStatus


class JumpQuerySet(models.QuerySet["JumpReview"]):
    def waiting(self) -> Self:
        """Not decided yet."""
        return self.filter(status=JumpStatus.WAITING)


class JumpReview(Referenced, Stateful):
    """One flagged result and what the supervisor said of it. The class stands meanwhile."""

    TRANSITIONS: ClassVar[StateTable] = JUMP_TRANSITIONS

    assessment = models.OneToOneField(
        Assessment, models.PROTECT, related_name="jump", verbose_name=_("assessment")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=JumpStatus, default=JumpStatus.WAITING
    )
    refused_on = models.DateField(_("day of the refusal"))
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

    objects = JumpQuerySet.as_manager()

    class Meta:
        verbose_name = _("jump of a class")
        verbose_name_plural = _("jumps of classes")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=JumpStatus.WAITING, decided_by=None, decided_at=None, note="")
                | (
                    ~Q(status=JumpStatus.WAITING)
                    & ~Q(note="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="a_decided_jump_has_who_when_and_why",
            ),
        ]
