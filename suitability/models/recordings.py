"""A double recording at an outlet: sound and picture of what the customer was told and said."""

from __future__ import annotations

import hashlib
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import OrgUnit
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.customers.models import Customer
from brokerage.files.chapters import KEPT_WITH_ITS_FILE, ChapterStatus, RecordedChapter
from suitability.models.decisions import MatchRecord
from suitability.models.status_requests import StatusRequest
from suitability.rules.insisting import Recording
from suitability.states import (
    ON_APPLICATIONS,
    RECORDING_ENDED,
    RECORDING_TRANSITIONS,
    RecordingAbout,
    RecordingStatus,
)

CHECKED = Q(status__in=[RecordingStatus.PASSED, RecordingStatus.FAILED])


class RecordingQuerySet(models.QuerySet["DoubleRecording"]):
    def counting(self) -> Self:
        """Neither failed nor given up: one at most of a decision and occasion."""
        return self.exclude(status__in=[RecordingStatus.FAILED, RecordingStatus.GIVEN_UP])

    def to_be_checked(self) -> Self:
        """Complete, and nobody has looked at it yet."""
        return self.filter(status=RecordingStatus.COMPLETE)


class DoubleRecording(Referenced, Stateful):
    """One recording on one decision or application of a customer, by one version of a script.

    Life: begun with the customer's consent → complete when every chapter is kept → passed or
    failed by somebody else than who recorded it; or given up before. One that failed stays as it
    is, and another may begin. The law asks for it at outlets; online the trace takes its place.
    """

    TRANSITIONS: ClassVar[StateTable] = RECORDING_TRANSITIONS

    record = models.ForeignKey(
        MatchRecord,
        models.PROTECT,
        null=True,
        related_name="recordings",
        verbose_name=_("matching decision"),
    )
    request = models.ForeignKey(
        StatusRequest,
        models.PROTECT,
        null=True,
        related_name="recordings",
        verbose_name=pgettext_lazy("professional investor", "application"),
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="double_recordings", verbose_name=_("customer")
    )
    about = models.CharField(
        pgettext_lazy("recording", "occasion"), max_length=10, choices=RecordingAbout
    )
    status = models.CharField(
        _("status"), max_length=10, choices=RecordingStatus, default=RecordingStatus.OPEN
    )
    script = models.CharField(_("version of the script"), max_length=100)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    place = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    visit_ref = models.UUIDField(_("visit"), null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    consent = models.CharField(_("version of the consent"), max_length=100)
    consented_at = models.DateTimeField(_("customer agreed at"))
    rule_version = models.CharField(_("version of the rules"), max_length=100)
    begun_at = models.DateTimeField(_("begun at"))
    completed_at = models.DateTimeField(_("complete at"), null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("recording", "checked by"),
    )
    checked_at = models.DateTimeField(pgettext_lazy("recording", "checked at"), null=True)
    findings = models.JSONField(pgettext_lazy("recording", "findings"), default=dict)
    note = models.TextField(_("note"), blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("double recording")
        verbose_name_plural = _("double recordings")
        permissions = [("check_doublerecording", "Can check the quality of a double recording")]
        indexes = [
            models.Index(
                fields=["completed_at"],
                condition=Q(status=RecordingStatus.COMPLETE),
                name="recordings_to_be_checked",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "about"],
                condition=~Q(status__in=[RecordingStatus.FAILED, RecordingStatus.GIVEN_UP]),
                name="one_counting_recording_of_a_decision",
            ),
            models.UniqueConstraint(
                fields=["request", "about"],
                condition=~Q(status__in=[RecordingStatus.FAILED, RecordingStatus.GIVEN_UP]),
                name="one_counting_recording_of_an_application",
            ),
            models.CheckConstraint(
                condition=Q(about__in=ON_APPLICATIONS, record=None, request__isnull=False)
                | (~Q(about__in=ON_APPLICATIONS) & Q(record__isnull=False, request=None)),
                name="a_recording_is_made_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("recorded_by")),
                name="somebody_else_checks_a_recording",
            ),
            models.CheckConstraint(
                condition=(CHECKED & Q(checked_by__isnull=False, checked_at__isnull=False))
                | (~CHECKED & Q(checked_by=None, checked_at=None, findings={}, note="")),
                name="a_checked_recording_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=RecordingStatus.FAILED) | ~Q(note=""),
                name="a_failed_recording_says_why",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=RecordingStatus.COMPLETE, completed_at__isnull=False)
                    | (CHECKED & Q(completed_at__isnull=False))
                    | Q(status=RecordingStatus.OPEN, completed_at=None)
                    | Q(status=RecordingStatus.GIVEN_UP)
                ),
                name="a_whole_recording_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(status=RecordingStatus.GIVEN_UP, given_up_at__isnull=False)
                | (~Q(status=RecordingStatus.GIVEN_UP) & Q(given_up_at=None)),
                name="a_given_up_recording_says_when",
            ),
            models.CheckConstraint(
                condition=Q(about__in=RecordingAbout.values) & ~Q(script="") & ~Q(consent=""),
                name="a_recording_has_its_script_and_consent",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ended_recordings_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=[str(each) for each in RECORDING_ENDED]),
            ),
            pgtrigger.Protect(name="recordings_are_kept", operation=pgtrigger.Delete),
        ]

    @property
    def subject(self) -> MatchRecord | StatusRequest:
        """The decision or the application on which it is made."""
        found = self.record or self.request
        assert found is not None, "held by constraint"
        return found

    @property
    def matter(self) -> str:
        """What it is about in words: the item, or the kind of professional investor."""
        if self.record is not None:
            return str(self.record.item)
        assert self.request is not None, "held by constraint"
        return str(self.request.get_kind_display())

    @property
    def as_rules_take_it(self) -> Recording:
        """What the insist route depends on: script, chapters that are there, hash, result."""
        kept = [each for each in self.chapters.all() if each.status == ChapterStatus.KEPT]
        checked = {RecordingStatus.PASSED: True, RecordingStatus.FAILED: False}
        return Recording(
            script=self.script,
            chapters=frozenset(each.key for each in kept),
            sha256=hash_of(kept),
            passed=checked.get(RecordingStatus(self.status)),
        )


class RecordingChapter(RecordedChapter):
    """One chapter of a double recording; the files belong to the recording."""

    recording = models.ForeignKey(DoubleRecording, models.PROTECT, related_name="chapters")

    class Meta(RecordedChapter.Meta):
        verbose_name = _("chapter of a double recording")
        verbose_name_plural = _("chapters of double recordings")
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "key"], name="a_chapter_stands_once_in_a_double_recording"
            ),
            models.CheckConstraint(
                condition=KEPT_WITH_ITS_FILE, name="a_kept_chapter_of_a_sale_has_its_file"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="chapters_of_ended_recordings_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF (SELECT status FROM suitability_doublerecording WHERE id = OLD.recording_id)
                        IN ('passed', 'failed', 'given_up') THEN
                        RAISE EXCEPTION 'a chapter of an ended recording is never changed'
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN
                        RETURN OLD;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


def hash_of(chapters: list[RecordingChapter]) -> str:
    """SHA-256 over keys and hashes of the files, in the order of the script; "" of nothing."""
    lines = [f"{each.key} {each.file_sha256}" for each in chapters]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""
