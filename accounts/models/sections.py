"""Sections: the answers of one step, where each came from, and where they stand."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.application import Application
from accounts.states import (
    SECTION_DONE,
    SECTION_TRANSITIONS,
    SECTIONS,
    Lack,
    SectionStatus,
    Step,
)
from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class SectionQuerySet(models.QuerySet["Section"]):
    def done(self) -> Self:
        """Answered in full, whatever the desk has said of them since."""
        return self.filter(status__in=SECTION_DONE)


class Section(Referenced, Stateful):
    """What was answered in one step of one application, with the source of each value.

    Life: incomplete ⇄ complete while it is the customer's turn → in review when the application
    is sent → verified with the approval, or insufficient with a reason and open again.
    `version` grows with each change: who writes on an older one is told, never overwritten.
    `values` is encrypted JSON; `provenance` is plain and holds no personal value.

    Not for: files and recordings themselves; the values hold their refs.
    """

    TRANSITIONS: ClassVar[StateTable] = SECTION_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="sections", verbose_name=_("application")
    )
    step = models.CharField(
        _("step"), max_length=12, choices=[(each.value, each.label) for each in SECTIONS]
    )
    status = models.CharField(
        _("status"), max_length=12, choices=SectionStatus, default=SectionStatus.INCOMPLETE
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    human_version = models.PositiveIntegerField(
        _("last version by a person"), null=True, blank=True, editable=False
    )
    """Set while a machine wrote last: a page of this version has seen all that people wrote."""
    values = EncryptedTextField(_("answers"), default="{}")
    provenance = models.JSONField(_("provenance"), default=dict)
    lack = models.CharField(_("reason"), max_length=12, choices=Lack, blank=True)
    customer_note = models.CharField(_("note to the customer"), max_length=300, blank=True)
    staff_note = models.CharField(_("note for staff"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("changed at"))

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of an application")
        verbose_name_plural = _("sections of applications")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "step"], name="one_section_of_each_step"
            ),
            models.CheckConstraint(
                condition=Q(step__in=[step.value for step in SECTIONS]),
                name="a_section_belongs_to_a_step",
            ),
            models.CheckConstraint(
                condition=(Q(status=SectionStatus.INSUFFICIENT) & ~Q(lack=""))
                | (~Q(status=SectionStatus.INSUFFICIENT) & Q(lack="", customer_note="")),
                name="an_insufficient_section_says_why",
            ),
            models.CheckConstraint(
                condition=Q(human_version=None) | Q(human_version__lt=F("version")),
                name="a_machine_wrote_after_the_person",
            ),
        ]

    def __str__(self) -> str:
        return str(Step(self.step).label)

    @property
    def answers(self) -> dict[str, Any]:
        """The values by field name."""
        found: dict[str, Any] = json.loads(self.values or "{}")
        return found

    def is_known_at(self, version: int) -> bool:
        """Whether who saw `version` has seen everything that people wrote since."""
        first = self.version if self.human_version is None else self.human_version
        return first <= version <= self.version

    @property
    def is_done(self) -> bool:
        return self.status in SECTION_DONE
