"""The video of an opening, in chapters."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.evidence.states import (
    AT_OUTLETS,
    WITNESSING_TRANSITIONS,
    WitnessingMode,
    WitnessingStatus,
)
from accounts.models.application import Application
from branches.models import OrgUnit
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.files.chapters import KEPT_WITH_ITS_FILE, RecordedChapter


class WitnessingQuerySet(models.QuerySet["Witnessing"]):
    def current(self) -> Self:
        """Not replaced by a later one."""
        return self.exclude(status=WitnessingStatus.SUPERSEDED)

    def confirmed_by(self, user: Any) -> Self:
        """Where this person was the second one who confirmed the customer."""
        return self.filter(second_witness=user)


class Witnessing(Referenced, Stateful):
    """A recording of one applicant, by one version of the script.

    Life: open while chapters are missing → complete → open again where a chapter has to be redone.
    Another version of the script, or another language, makes a new one as long as nothing was
    recorded; another place (at home, at an outlet) always does as long as it is not complete.
    At an outlet it names the witness, who recorded every chapter, and the place.

    Of whoever does not agree to the use of the face nothing is recorded: two people at an outlet
    confirm in person who it is (`PRESENT`), the second of whom completes it.
    """

    TRANSITIONS: ClassVar[StateTable] = WITNESSING_TRANSITIONS

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="witnessings", verbose_name=_("application")
    )
    mode = models.CharField(_("mode"), max_length=8, choices=WitnessingMode)
    script_version = models.CharField(_("version of the script"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    status = models.CharField(
        _("status"), max_length=10, choices=WitnessingStatus, default=WitnessingStatus.OPEN
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("witness"),
        null=True,
        blank=True,
    )
    second_witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("second person"),
        null=True,
        blank=True,
    )
    place = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="+",
        verbose_name=_("outlet"),
        null=True,
        blank=True,
    )
    begun_at = models.DateTimeField(_("begun at"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    objects = WitnessingQuerySet.as_manager()

    in_hand: list[Chapter] | None = None
    """Its chapters by position, where whoever read or wrote them keeps them for a page."""

    class Meta:
        verbose_name = _("recording of an opening")
        verbose_name_plural = _("recordings of openings")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(status=WitnessingStatus.SUPERSEDED),
                name="one_current_recording_of_an_application",
            ),
            models.CheckConstraint(
                condition=Q(status=WitnessingStatus.COMPLETE, completed_at__isnull=False)
                | (~Q(status=WitnessingStatus.COMPLETE) & Q(completed_at=None)),
                name="a_complete_recording_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=AT_OUTLETS, witness__isnull=False, place__isnull=False)
                | (~Q(mode__in=AT_OUTLETS) & Q(witness=None, place=None)),
                name="a_recording_at_an_outlet_has_its_witness_and_place",
            ),
            models.CheckConstraint(
                condition=Q(second_witness=None)
                | (
                    Q(mode=WitnessingMode.PRESENT, status=WitnessingStatus.COMPLETE)
                    & ~Q(second_witness=F("witness"))
                )
                | Q(mode=WitnessingMode.PRESENT, status=WitnessingStatus.SUPERSEDED),
                name="a_second_person_is_another_one",
            ),
            models.CheckConstraint(
                condition=~Q(mode=WitnessingMode.PRESENT, status=WitnessingStatus.COMPLETE)
                | Q(second_witness__isnull=False),
                name="two_people_confirm_who_is_not_filmed",
            ),
        ]

    def in_order(self) -> list[Chapter]:
        """Its chapters by position; one query where they are not in hand."""
        return list(self.chapters.all()) if self.in_hand is None else self.in_hand


class Chapter(RecordedChapter):
    """One chapter of an opening's video; the files belong to the application."""

    witnessing = models.ForeignKey(Witnessing, models.PROTECT, related_name="chapters")

    class Meta(RecordedChapter.Meta):
        verbose_name = _("chapter of a recording")
        verbose_name_plural = _("chapters of recordings")
        constraints = [
            models.UniqueConstraint(
                fields=["witnessing", "key"], name="a_chapter_stands_once_in_a_recording"
            ),
            models.CheckConstraint(
                condition=KEPT_WITH_ITS_FILE, name="a_kept_chapter_has_its_file"
            ),
        ]
