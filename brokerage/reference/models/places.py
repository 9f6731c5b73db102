"""Administrative divisions and the firm's review-numbered map."""

from __future__ import annotations

import json
import zlib
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.display.languages import reads_english
from brokerage.reference.origin import Origin


class Level(models.TextChoices):
    """Level of a division."""

    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County")


class DivisionQuerySet(models.QuerySet["Division"]):
    """Filters of divisions."""

    def on(self, day: date) -> Self:
        """Divisions that existed on `day`; unknown dates count as unlimited."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )

    def official(self) -> Self:
        """Without grouping codes, statistical units and the districts of Hong Kong and Macau."""
        return self.filter(is_official=True)

    def by_pinyin(self) -> Self:
        """In the order in which a reader looks for a Chinese name."""
        return self.order_by("pinyin", "code")


class Division(models.Model):
    """One code of GB/T 2260. Codes are never used again; abolished ones stay with successors.

    Identity documents carry codes that were abolished decades ago: never refuse one because it
    is not listed here. Names repeat (鼓楼区 stands in four cities): the code is the key.
    """

    code = models.CharField(
        _("division code"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"\A[1-9]\d{5}\Z")],
    )
    level = models.CharField(_("level"), max_length=10, choices=Level)
    kind = models.CharField(_("kind"), max_length=30)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=30)
    short_zh = models.CharField(_("short Chinese name"), max_length=30)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    pinyin = models.CharField(_("pinyin"), max_length=60, blank=True)
    is_official = models.BooleanField(_("official"), default=True)
    lon = models.DecimalField(
        _("longitude"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    lat = models.DecimalField(_("latitude"), max_digits=4, decimal_places=2, null=True, blank=True)
    population = models.PositiveIntegerField(
        _("population"), null=True, blank=True, help_text=_("Census of 2020.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="predecessors",
        verbose_name=_("followed by"),
    )
    source = models.CharField(_("source"), max_length=300)
    origin = models.CharField(_("origin"), max_length=7, choices=Origin)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, parent__isnull=True)
                | (~Q(level=Level.PROVINCE) & Q(parent__isnull=False)),
                name="all_divisions_but_provinces_have_a_parent",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(Decimal(73), Decimal(136)), lat__range=(Decimal(3), Decimal(54))),
                name="a_centre_lies_in_china",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="a_division_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """The name in the present language."""
        english = reads_english()
        return self.name_en if english and self.name_en else self.name_zh


class MapSheet(models.Model):
    """The firm's own map with its review number (审图号); pages show centres until there is one.

    Kept as compressed TopoJSON: layer `provinces` whose shapes carry the division code, and
    layer `scs_line` with the line of the South China Sea, without which no map may be shown.
    """

    review_number = models.CharField(_("review number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=100)
    packed = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    shapes = models.PositiveIntegerField(_("shapes"), editable=False)
    loaded_at = models.DateTimeField(_("loaded at"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("map")
        verbose_name_plural = _("maps")
        ordering = ["-loaded_at", "-pk"]

    def __str__(self) -> str:
        return self.review_number

    @property
    def topology(self) -> dict[str, Any]:
        """The TopoJSON document."""
        return json.loads(zlib.decompress(bytes(self.packed)))
