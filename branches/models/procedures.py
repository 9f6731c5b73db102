"""Guided procedures: opening, moving, closing a unit, and changing its type."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models.tree import OrgUnit
from branches.states import PROCEDURE_STEPS, ProcedureKind, ProcedureStatus
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.roles import Role
from brokerage.core.states import Stateful, StateTable


class UnitProcedure(Referenced, Timestamped, Stateful):
    """One opening, move, closing or change of type, from the plan until it took effect.

    `plan` holds what will be true then (use_cases.procedures checks it); the steps are copied
    from the dated rule on the day of the start, so a later rule changes no running procedure.
    """

    TRANSITIONS: ClassVar[StateTable] = PROCEDURE_STEPS

    kind = models.CharField(_("procedure"), max_length=12, choices=ProcedureKind)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ProcedureStatus,
        default=ProcedureStatus.RUNNING,
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="procedures",
        verbose_name=_("unit"),
    )
    parent = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("under"))
    plan = models.JSONField(_("plan"), default=dict)
    effective_on = models.DateField(_("takes effect on"))
    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    rule_version = models.CharField(_("rule"), max_length=100)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        permissions = [
            ("run_unitprocedure", "Can plan and finish procedures of units"),
            ("do_step", "Can do steps of procedures"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(status=ProcedureStatus.RUNNING),
                name="one_running_procedure_for_each_unit",
                violation_error_message=_("Another procedure of this unit is running."),
            ),
            models.CheckConstraint(
                condition=Q(kind=ProcedureKind.OPENING) | Q(unit__isnull=False),
                name="only_an_opening_has_no_unit_yet",
            ),
            models.CheckConstraint(
                condition=Q(status=ProcedureStatus.RUNNING, ended_at=None)
                | (~Q(status=ProcedureStatus.RUNNING) & Q(ended_at__isnull=False)),
                name="an_ended_procedure_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProcedureStatus.DONE) | Q(unit__isnull=False),
                name="a_finished_opening_has_its_unit",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ProcedureStatus.values, kind__in=ProcedureKind.values),
                name="a_procedure_is_of_a_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.place}"

    @property
    def place(self) -> str:
        """The unit, or the name that it will have."""
        if self.unit is not None:
            return self.unit.name
        english = reads_english()
        return str(self.plan.get("name_en" if english else "name_zh", ""))

    @property
    def is_running(self) -> bool:
        return self.status == ProcedureStatus.RUNNING

    @property
    def new_address(self) -> dict[str, str]:
        """The planned address by language; the Chinese one where no other was given."""
        chinese = self.plan["address_zh"]
        return {"zh-hans": chinese, "en": self.plan.get("address_en") or chinese}


class ProcedureStepQuerySet(models.QuerySet["ProcedureStep"]):
    def waiting(self) -> Any:
        """Steps of running procedures that nobody has done."""
        return self.filter(done_at=None, procedure__status=ProcedureStatus.RUNNING)


class ProcedureStep(Referenced, Timestamped):
    """One line of the checklist: who does what until when, and who did it."""

    procedure = models.ForeignKey(
        UnitProcedure, models.PROTECT, related_name="steps", verbose_name=_("procedure")
    )
    key = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=160)
    role = models.CharField(_("who"), max_length=20, choices=Role)
    due_on = models.DateField(_("until"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by_ref = models.UUIDField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = ProcedureStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a procedure")
        verbose_name_plural = _("steps of procedures")
        ordering = ["procedure", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "key"], name="a_step_stands_once_in_its_procedure"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by_ref=None)
                | Q(done_at__isnull=False, done_by_ref__isnull=False),
                name="a_done_step_has_its_time_and_person",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is to be done, in the language of the reader."""
        return self.title_en if reads_english() else self.title_zh

    def is_late(self, day: date) -> bool:
        """Whether it should have been done before `day`."""
        return self.done_at is None and self.due_on < day
