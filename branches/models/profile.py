"""How to reach a unit, dated: address, coordinates, telephone, access, languages."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.models.dated import Dated, DatedQuerySet, days
from branches.models.tree import OrgUnit
from branches.states import Access, Language
from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped
from brokerage.reference.models import Division

PHONE = RegexValidator(
    r"\A\+?[0-9][0-9 \-]{5,22}\Z", _("Digits, spaces and hyphens, such as 0579-8231 0000.")
)


class UnitProfile(Referenced, Timestamped, Dated):
    """Where a unit is and how one gets in, from one day on; the next row ends this one.

    Written by `set_profile`, never changed, so that an old letter's address can be found.
    Coordinates are WGS84 in degrees, checked against the centre of the division.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="profiles", verbose_name=_("unit")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="+", verbose_name=_("division")
    )
    address_zh = models.CharField(_("Chinese address"), max_length=200)
    address_en = models.CharField(_("English address"), max_length=250, blank=True)
    lon = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        help_text=_("Degrees in WGS84, such as 119.64512."),
    )
    lat = models.DecimalField(_("latitude"), max_digits=7, decimal_places=5, null=True, blank=True)
    phone = models.CharField(_("telephone"), max_length=24, blank=True, validators=[PHONE])
    directions_zh = models.CharField(_("way, Chinese"), max_length=300, blank=True)
    directions_en = models.CharField(_("way, English"), max_length=400, blank=True)
    access = ArrayField(
        models.CharField(max_length=20, choices=Access),
        verbose_name=_("accessibility"),
        default=list,
        blank=True,
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=Language),
        verbose_name=_("languages"),
        default=list,
        blank=True,
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("address and access")
        verbose_name_plural = _("addresses and access")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="a_unit_has_one_profile_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This unit has an address at that time already."),
            ),
            models.CheckConstraint(
                condition=Q(lon=None, lat=None)
                | Q(
                    lon__isnull=False,
                    lat__isnull=False,
                    lon__range=(Decimal(73), Decimal(136)),
                    lat__range=(Decimal(3), Decimal(54)),
                ),
                name="a_unit_lies_in_china",
                violation_error_message=_("Give both coordinates, of a point in China."),
            ),
            models.CheckConstraint(
                condition=Q(access__contained_by=Access.values),
                name="access_facts_are_known_ones",
            ),
            models.CheckConstraint(
                condition=Q(languages__contained_by=Language.values),
                name="languages_are_known_ones",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """The address in the language of the reader; the Chinese one where there is no other."""
        english = reads_english()
        return (english and self.address_en) or self.address_zh

    @property
    def directions(self) -> str:
        """The way there in the language of the reader."""
        english = reads_english()
        return (english and self.directions_en) or self.directions_zh

    def access_labels(self) -> list[str]:
        """Accessibility facts in words."""
        return [str(Access(one).label) for one in self.access]

    def language_labels(self) -> list[str]:
        """Languages spoken there, in words."""
        return [str(Language(one).label) for one in self.languages]
