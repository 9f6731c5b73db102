"""Ratings, valuations and closing prices on the import desk: one row a security and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.imports.fields import day
from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.core import clock, scope
from brokerage.core.display.languages import in_each_language
from brokerage.reference.models import Instrument
from brokerage.users.models import User
from content.models import ClosingPrice, Rating, Source, Valuation
from content.states import RatingLevel

ABOVE_ZERO = _("This has to be more than zero.")
SECURITY = Column(
    "security",
    forms.RegexField(
        r"^\d{6}\.(SH|SZ|BJ)$",
        label=pgettext_lazy("market", "Security"),
        help_text=_("Six digits and the market, such as 609001.SH."),
        error_messages={"invalid": _("Write six digits and the market, such as 609001.SH.")},
    ),
    "609001.SH",
    ("证券代码", "代码"),
)
DAY = day("day", _("Day"), "2026-03-02")


def _figure(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    """A number above zero with at most six decimal places."""
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=20,
        decimal_places=6,
        validators=[_above_zero],
        help_text=help_text,
    )


def _above_zero(value: Any) -> None:
    if value <= 0:
        raise ValidationError(ABOVE_ZERO)


class LevelField(forms.CharField):
    """A rating by its code or its words in either language."""

    def clean(self, value: Any) -> RatingLevel:
        text = str(super().clean(value)).strip().lower()
        for level in RatingLevel:
            words = in_each_language(lambda level=level: str(level.label).lower())  # type: ignore[misc]
            if text in (level.value, *words.values()):
                return level
        raise ValidationError(
            _("A rating is one of: %(levels)s."),
            params={"levels": "; ".join(f"{each.value} {each.label}" for each in RatingLevel)},
        )


class MarketList(Importer):
    """A list of figures of listed securities; a day that is known already is corrected."""

    unique: tuple[str, ...] = ("security", "day")

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, Any]:
        codes = {row["security"][:6] for row in rows if "security" in row}
        listed = Instrument.objects.filter(code__in=codes, generation=0)
        return {
            "securities": {f"{each.code}.{each.market}" for each in listed},
            "today": clock.today(),
        }

    def check(self, row: Values, facts: dict[str, Any], *, user: User) -> None:
        if row["security"] not in facts["securities"]:
            raise ValidationError({"security": _("No security that we know has this code.")})
        if row["day"] > facts["today"]:
            raise ValidationError({"day": _("This day has not ended yet.")})


def _security(row: Values) -> Instrument:
    """The security of a row; raises ValidationError where it has gone since the row was read."""
    code, market = row["security"].split(".")
    found = Instrument.objects.filter(code=code, market=market, generation=0).first()
    if found is None:
        raise ValidationError({"security": _("No security that we know has this code.")})
    return found


class Ratings(MarketList):
    """Opinions of sources that are in use."""

    key = "ratings"
    label = _("Analysts' ratings")
    intro = _("What a source thinks of a security from a day on. A known day is corrected.")
    icon = "chart"
    permission = "content.add_rating"
    unique = ("security", "source", "day")
    columns = (
        SECURITY,
        Column(
            "source",
            forms.CharField(label=_("Source"), max_length=60, help_text=_("Its Chinese name.")),
            "江禾研究所（演示）",
        ),
        DAY,
        Column(
            "rating",
            LevelField(
                label=pgettext_lazy("security", "Rating"),
                max_length=20,
                help_text="sell, reduce, hold, add, buy",
            ),
            "hold",
            ("评级",),
        ),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, Any]:
        names = {row["source"] for row in rows if "source" in row}
        found = scope.visible(Source, user).filter(name_zh__in=names, is_active=True)
        sources = set(found.values_list("name_zh", flat=True))
        return {**super().facts(rows, user=user), "sources": sources}

    def check(self, row: Values, facts: dict[str, Any], *, user: User) -> None:
        if row["source"] not in facts["sources"]:
            raise ValidationError({"source": _("No source in use has this name.")})
        super().check(row, facts, user=user)

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        made, _new = Rating.objects.update_or_create(
            instrument=_security(row),
            source=scope.visible(Source, maker).get(name_zh=row["source"]),
            day=row["day"],
            defaults={"level": row["rating"]},
        )
        return made.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(Rating, user).filter(ref=ref).first()


class Valuations(MarketList):
    """Multiples of securities, whose history says whether today's are unusual."""

    key = "valuations"
    label = _("Valuations")
    intro = _("Price to earnings and to book value at the end of a day.")
    icon = "chart"
    permission = "content.add_valuation"
    columns = (
        SECURITY,
        DAY,
        Column(
            "earnings",
            _figure(
                _("Price to earnings"),
                required=False,
                help_text=_("Of the last four quarters. Empty: the company makes a loss."),
            ),
            "6.82",
            ("市盈率",),
        ),
        Column("book", _figure(_("Price to book value"), required=False), "0.71", ("市净率",)),
    )

    def check(self, row: Values, facts: dict[str, Any], *, user: User) -> None:
        if row["earnings"] is None and row["book"] is None:
            raise ValidationError({"earnings": _("One of the two figures is needed.")})
        super().check(row, facts, user=user)

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> None:
        Valuation.objects.update_or_create(
            instrument=_security(row),
            day=row["day"],
            defaults={"earnings": row["earnings"], "book": row["book"]},
        )


class ClosingPrices(MarketList):
    """What securities cost, said beside ratings and valuations."""

    key = "closing-prices"
    label = _("Closing prices")
    intro = _("What a security cost at the end of a day, in yuan, not adjusted.")
    icon = "chart"
    permission = "content.add_closingprice"
    columns = (SECURITY, DAY, Column("close", _figure(_("Closing price")), "6.21", ("收盘价",)))

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> None:
        ClosingPrice.objects.update_or_create(
            instrument=_security(row), day=row["day"], defaults={"close": row["close"]}
        )


LISTS = (Ratings(), Valuations(), ClosingPrices())
