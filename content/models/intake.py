"""Texts as they came in, and what the screening rules marked in them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.files.models import StoredFile
from brokerage.reference.models import Instrument
from content.models.sources import WEB, Source
from content.states import RAW_TRANSITIONS, RawStatus, Way

RANKS = 10**12
"""More than there will ever be texts."""
LONGEST = 20_000
"""Characters of a text that is taken in."""


class RawItemQuerySet(models.QuerySet["RawItem"]):
    def waiting(self) -> Self:
        """What the desk has still to look at, the most urgent first."""
        return self.filter(status=RawStatus.WAITING).order_by("-rank")


class RawItem(Referenced, Stateful):
    """A text of somebody else, kept as it came; the desk works it up or drops it.

    `text` is what was screened: title and body without elements. `html` is the body made
    harmless. `original` is the PDF as which it came, where the desk keeps one. `urgency` is the
    source's reach times the worst risk that was marked, times the copies seen; `due_at` is the
    desk's clock, `rank` its order in one unique column, by which the list pages.
    """

    TRANSITIONS: ClassVar[StateTable] = RAW_TRANSITIONS

    source = models.ForeignKey(
        Source, models.PROTECT, related_name="raw_items", verbose_name=_("source")
    )
    way = models.CharField(_("came in"), max_length=4, choices=Way, editable=False)
    title = models.CharField(_("title"), max_length=200)
    html = models.TextField(_("text"), editable=False)
    text = models.TextField(_("text"), max_length=LONGEST)
    author = models.CharField(pgettext_lazy("text", "author"), max_length=80, blank=True)
    url = models.CharField(
        _("address of the original"), max_length=500, blank=True, validators=[WEB]
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("came in at"), editable=False)
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("brought by"),
    )
    instruments = models.ManyToManyField(
        Instrument, related_name="+", editable=False, verbose_name=_("securities mentioned")
    )
    original = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("original (PDF)"),
    )
    digest = models.CharField(max_length=64, editable=False)
    bands = ArrayField(models.IntegerField(), editable=False)
    copy_of = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="copies",
        null=True,
        editable=False,
        verbose_name=_("says the same as"),
    )
    likeness = models.PositiveSmallIntegerField(
        _("likeness in per cent"), null=True, editable=False
    )
    risk = models.PositiveSmallIntegerField(_("risk"), editable=False)
    urgency = models.PositiveIntegerField(_("urgency"), editable=False)
    due_at = models.DateTimeField(_("desk looks until"), editable=False)
    rank = models.BigIntegerField(unique=True, null=True, editable=False)
    status = models.CharField(
        _("status"), max_length=8, choices=RawStatus, default=RawStatus.WAITING, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=pgettext_lazy("text", "decided by"),
    )
    decided_at = models.DateTimeField(
        pgettext_lazy("text", "decided at"), null=True, editable=False
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = RawItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("text that came in")
        verbose_name_plural = _("texts that came in")
        indexes = [
            GinIndex(fields=["bands"], name="texts_with_a_like_passage"),
            models.Index(fields=["digest"], name="texts_that_say_the_same"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "digest"], name="a_source_says_the_same_text_once"
            ),
            models.CheckConstraint(condition=~Q(copy_of=F("id")), name="no_text_copies_itself"),
            models.CheckConstraint(
                condition=Q(copy_of=None, likeness=None)
                | Q(copy_of__isnull=False, likeness__gte=1, likeness__lte=100),
                name="a_copy_says_how_alike_it_is",
            ),
            models.CheckConstraint(condition=Q(risk__lte=5), name="a_risk_is_five_at_most"),
            models.CheckConstraint(
                condition=Q(status=RawStatus.WAITING, decided_by=None, decided_at=None)
                | Q(
                    status__in=[RawStatus.TAKEN, RawStatus.DROPPED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="a_person_decides_on_a_text",
            ),
            models.CheckConstraint(
                condition=~Q(status=RawStatus.DROPPED) | ~Q(reason=""),
                name="a_dropped_text_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def find_rank(self) -> int:
        """The place in the desk's list: what waits by urgency, the older first; then the rest."""
        if self.status != RawStatus.WAITING:
            return self.pk - RANKS
        return self.urgency * RANKS + (RANKS - self.pk)


class Mark(models.Model):
    """A passage of a text that a screening rule hit. Machine marks, a person decides."""

    raw = models.ForeignKey(RawItem, models.CASCADE, related_name="marks")
    code = models.CharField(_("what was found"), max_length=28)
    rule_version = models.CharField(_("version of the rule"), max_length=100)
    risk = models.PositiveSmallIntegerField(_("risk"))
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[Mark]] = models.Manager()

    class Meta:
        verbose_name = _("marked passage")
        verbose_name_plural = _("marked passages")
        ordering = ["start", "end", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="a_mark_marks_something"),
            models.CheckConstraint(
                condition=Q(risk__gte=1, risk__lte=5), name="a_mark_has_a_risk_of_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.start}–{self.end}"
