"""What readers get: an item with its working text, signed versions, corrections."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models import Licence, OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.display.languages import reads_english
from brokerage.core.four_eyes import (
    FourEyed,
    FourEyedQuerySet,
    FourEyesRefused,
    decided_rows_stay,
)
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from brokerage.reference.models import Instrument
from content.models.contents import Content
from content.models.intake import RawItem
from content.models.sources import Topic
from content.states import ITEM_TRANSITIONS, CorrectionKind, ItemKind, ItemStatus
from holdings.states import Segment, Tier
from suitability.models.items import GradeChoice

MIRRORED = (
    "licence", "grade", "tier", "segment", "for_holders", "for_visitors", "expires_on",
)  # fmt: skip
"""What an item says of its shown version by itself, as `live_…`."""


def mirrors_its_version() -> pgtrigger.Trigger:
    """Who may see the shown version stands on the item, whoever writes it."""
    columns = [f"{name}_id" if name == "licence" else name for name in MIRRORED]
    here = ", ".join(f"NEW.live_{name}" for name in columns)
    there = ", ".join(f"r.{name}" for name in columns)
    copied = f"SELECT {there} INTO {here} FROM content_revision r"  # noqa: S608 - names of ours
    return pgtrigger.Trigger(
        name="an_item_mirrors_its_version",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__live__isnull=False),
        func=f"{copied} WHERE r.id = NEW.live_id; RETURN NEW;",
    )


class Item(Referenced, Timestamped, Stateful, Content):
    """Something to read. Its own columns are the working text; readers see `live` alone.

    Life: draft → signed by a licensed person (a Revision) → released by a second one → perhaps
    signed and released again → expires, or is withdrawn; a draft may be dropped instead. It also
    leaves by itself on the day on which the signer's licence ends, because readers' query sets
    ask for today's licences.

    `live_licence` to `live_expires_on` are who may see `live`: a trigger copies them from it, so
    that the newest items that one reader gets are found in one index.
    """

    TRANSITIONS: ClassVar[StateTable] = ITEM_TRANSITIONS

    kind = models.CharField(pgettext_lazy("item", "kind"), max_length=8, choices=ItemKind)
    raw = models.OneToOneField(
        RawItem,
        models.PROTECT,
        related_name="item",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("made from"),
    )
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        related_name="items",
        verbose_name=pgettext_lazy("insights", "topic"),
    )
    instruments = models.ManyToManyField(
        Instrument, related_name="+", blank=True, verbose_name=_("securities")
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="items",
        null=True,
        blank=True,
        verbose_name=_("only for customers of"),
        help_text=_("Empty: for customers of every outlet."),
    )
    status = models.CharField(
        _("status"), max_length=9, choices=ItemStatus, default=ItemStatus.DRAFT, editable=False
    )
    live = models.OneToOneField(
        "Revision",
        models.PROTECT,
        related_name="live_of",
        null=True,
        editable=False,
        verbose_name=_("version that is shown"),
    )
    released_at = models.DateTimeField(_("first released at"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(
        pgettext_lazy("item", "withdrawn at"), null=True, editable=False
    )
    live_licence = models.ForeignKey(
        Licence, models.PROTECT, related_name="+", null=True, editable=False
    )
    live_grade = models.CharField(max_length=2, choices=GradeChoice, blank=True, editable=False)
    live_tier = models.CharField(max_length=5, choices=Tier, blank=True, editable=False)
    live_segment = models.CharField(max_length=11, choices=Segment, blank=True, editable=False)
    live_for_holders = models.BooleanField(default=False, editable=False)
    live_for_visitors = models.BooleanField(default=False, editable=False)
    live_expires_on = models.DateField(null=True, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects: ClassVar[models.Manager[Item]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("insights", "item")
        verbose_name_plural = pgettext_lazy("insights", "items")
        permissions = [
            ("sign_item", "Can sign an item, with a licence valid that day"),
            ("withdraw_item", "Can withdraw a released item at once"),
        ]
        triggers = [mirrors_its_version()]
        indexes = [
            models.Index(
                fields=["-released_at", "-id"],
                include=["kind", "unit", "topic", *(f"live_{name}" for name in MIRRORED)],
                condition=Q(status=ItemStatus.LIVE),
                name="released_items_by_audience",
            ),
            GinIndex(fields=["search"], name="items_by_word"),
        ]
        constraints = [
            *Content.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind=ItemKind.CHECK) | Q(verdict=""),
                name="only_a_fact_check_has_a_verdict",
                violation_error_message=_("Only a fact check has a claim and a verdict."),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[ItemStatus.DRAFT, ItemStatus.DROPPED], live=None, released_at=None
                )
                | Q(
                    status__in=[ItemStatus.LIVE, ItemStatus.WITHDRAWN],
                    live__isnull=False,
                    released_at__isnull=False,
                ),
                name="a_released_item_has_its_version_and_time",
            ),
            models.CheckConstraint(
                condition=Q(live=None)
                | (
                    Q(live_licence__isnull=False, live_expires_on__isnull=False)
                    & ~Q(live_grade="")
                ),
                name="a_shown_version_has_its_audience",
            ),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=ItemStatus.WITHDRAWN) & Q(withdrawn_at=None)),
                name="a_withdrawn_item_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("content:item", args=[self.ref])

    @property
    def is_over(self) -> bool:
        """Whether nothing becomes of it any more: withdrawn, or dropped as a draft."""
        return self.status in (ItemStatus.WITHDRAWN, ItemStatus.DROPPED)


class RevisionQuerySet(FourEyedQuerySet["Revision"]):
    """Signed versions; see FourEyedQuerySet."""


class Revision(Referenced, FourEyed, Content):
    """A version as it was signed, waiting for, or past, the second pair of eyes. Never changed.

    The maker is the signer: `licence` was valid on the day of signing and has to be valid on the
    day of the release too. `is_correction` tells that an earlier version was wrong; everybody
    who read one is told then, with the note.
    """

    item = models.ForeignKey(
        Item,
        models.PROTECT,
        related_name="revisions",
        verbose_name=pgettext_lazy("insights", "item"),
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("item", "version"))
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    licence = models.ForeignKey(
        Licence, models.PROTECT, related_name="+", verbose_name=_("licence")
    )
    licence_number = models.CharField(_("number of the licence"), max_length=40)
    rule_version = models.CharField(_("rule version"), max_length=100)
    is_correction = models.BooleanField(_("corrects an error"), default=False)
    note_zh = models.CharField(_("what changed, Chinese"), max_length=300, blank=True)
    note_en = models.CharField(_("what changed, English"), max_length=500, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = pgettext_lazy("item", "signed version")
        verbose_name_plural = pgettext_lazy("item", "signed versions")
        triggers = [decided_rows_stay()]
        constraints = [
            *FourEyed.Meta.constraints,
            *Content.Meta.constraints,
            models.UniqueConstraint(fields=["item", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(decision="pending"),
                name="one_version_waits_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(is_correction=False) | (~Q(note_zh="") & ~Q(note_en="")),
                name="a_correction_says_what_was_wrong",
            ),
        ]

    def __str__(self) -> str:
        return gettext("{title}, version {number}").format(title=self.title, number=self.number)

    @property
    def note(self) -> str:
        """What changed, in the reader's language."""
        return self.note_en if reads_english() else self.note_zh

    def approving(self, at: datetime) -> None:
        """Refuse a release whose licence or time has ended since the signature."""
        day = business_date(at)
        if not Licence.objects.held_on(day).filter(pk=self.licence_id).exists():
            raise FourEyesRefused(
                gettext("The licence of the signer is not valid today. Have it signed again.")
            )
        if self.expires_on <= day:
            raise FourEyesRefused(gettext("Its last day has passed. Have it signed again."))


class Correction(Referenced):
    """An error that readers have to know of: which version was wrong, and how far word got.

    `cursor` is the last reading whose reader was told, so that the work can stop and go on.
    """

    item = models.ForeignKey(
        Item,
        models.PROTECT,
        related_name="corrections",
        verbose_name=pgettext_lazy("insights", "item"),
    )
    kind = models.CharField(
        pgettext_lazy("correction", "kind"), max_length=9, choices=CorrectionKind
    )
    wrong = models.ForeignKey(
        Revision, models.PROTECT, related_name="+", verbose_name=_("wrong version")
    )
    right = models.OneToOneField(
        Revision,
        models.PROTECT,
        related_name="correction",
        null=True,
        verbose_name=_("right version"),
    )
    note_zh = models.CharField(_("what was wrong, Chinese"), max_length=300)
    note_en = models.CharField(_("what was wrong, English"), max_length=500)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(pgettext_lazy("correction", "made at"))
    readers = models.PositiveIntegerField(_("readers of a wrong version"), default=0)
    told = models.PositiveIntegerField(_("told"), default=0)
    cursor = models.BigIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(_("all told at"), null=True)

    objects: ClassVar[models.Manager[Correction]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("insights", "correction")
        verbose_name_plural = pgettext_lazy("insights", "corrections")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=CorrectionKind.CORRECTED, right__isnull=False)
                | Q(kind=CorrectionKind.WITHDRAWN, right=None),
                name="a_correction_names_what_is_right",
            ),
            models.CheckConstraint(
                condition=Q(told__lte=F("readers")), name="no_more_told_than_have_read"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.wrong}"

    @property
    def note(self) -> str:
        """What was wrong, in the reader's language."""
        return self.note_en if reads_english() else self.note_zh
