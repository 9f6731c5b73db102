"""Services as data, what each unit offers, and its rooms."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from branches.states import RoomKind
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped
from brokerage.reference.origin import Origin


class Listed(models.Model):
    """An entry of a list that the release ships and the firm extends: code, names, order."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(
        _("origin"), max_length=7, choices=Origin, default=Origin.FIRM, editable=False
    )

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return self.name_en if reads_english() else self.name_zh


class LicenceKind(Listed):
    """A registration or qualification that a person may hold (reference/licence_kinds.csv)."""

    issuer = models.CharField(_("issued by"), max_length=80)

    class Meta(Listed.Meta):
        verbose_name = _("kind of licence")
        verbose_name_plural = _("kinds of licence")
        db_table = "branches_list_licencekind"


class Service(Listed):
    """What customers come for (reference/services.csv); a dated rule says which types give it."""

    summary_zh = models.CharField(_("in a sentence, Chinese"), max_length=120, blank=True)
    summary_en = models.CharField(_("in a sentence, English"), max_length=200, blank=True)
    licence = models.ForeignKey(
        LicenceKind,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("licence needed"),
        help_text=_("Whoever gives the service holds it on that day."),
    )
    by_appointment = models.BooleanField(_("by appointment"), default=False)

    class Meta(Listed.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
        db_table = "branches_list_service"

    @property
    def summary(self) -> str:
        """One sentence in the language of the reader."""
        return self.summary_en if reads_english() else self.summary_zh


class UnitService(Referenced, Timestamped, Dated):
    """A service that a unit offers between two days.

    Whether it can be given on a day is another question: selectors.services asks the dated rule
    about the type and looks for a licensed person who is there.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="services", verbose_name=_("unit")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, related_name="offers", verbose_name=_("service")
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("offered service")
        verbose_name_plural = _("offered services")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_service_is_offered_once_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (F("service"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The unit offers this service at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.service)


class Room(Referenced, Timestamped, Dated):
    """One room of a unit: what it is for, how many it seats, whether one gets in on wheels."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="rooms", verbose_name=_("unit"))
    name = models.CharField(pgettext_lazy("room", "name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=RoomKind)
    seats = models.PositiveSmallIntegerField(_("seats"), default=2)
    step_free = models.BooleanField(_("step-free"), default=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=RoomKind.values), name="a_room_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(seats__range=(1, 200)),
                name="a_room_has_seats",
                violation_error_message=_("Between 1 and 200 seats."),
            ),
            ExclusionConstraint(
                name="rooms_of_a_unit_have_different_names",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (F("name"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another room has this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
