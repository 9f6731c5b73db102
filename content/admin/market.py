"""What sources think of securities, beside price and valuation of the same day."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.core.display import formats
from content.models import ClosingPrice, Rating, Valuation


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    """Ratings come in by the import desk; customers who hold the security are told of a change."""

    section = "insights"
    icon = "chart"
    order = 45
    search_fields = ["instrument__code", "instrument__name_zh", "instrument__name_en"]
    search_help = gettext_lazy("Part of the code or name of a security")
    list_display = ["security", "source", "level", "day"]
    list_filter = ["level"]
    list_select_related = ["instrument", "source"]
    fields = ["security", "source", "level", "day", "before", "close", "earnings", "book"]

    @admin.display(description=gettext_lazy("security"))
    def security(self, row: Rating) -> str:
        return f"{row.instrument.code}.{row.instrument.market} {row.instrument.name}"

    @admin.display(description=gettext_lazy("rating before"))
    def before(self, row: Rating) -> str:
        same = Rating.objects.filter(instrument=row.instrument_id, source=row.source_id)
        found = same.filter(day__lt=row.day).order_by("-day").first()
        return str(found.get_level_display()) if found else "–"

    @admin.display(description=gettext_lazy("closing price"))
    def close(self, row: Rating) -> str:
        found = ClosingPrice.objects.filter(instrument=row.instrument_id, day=row.day).first()
        return formats.money(found.close) if found else "–"

    @admin.display(description=pgettext_lazy("valuation", "price to earnings"))
    def earnings(self, row: Rating) -> str:
        return self._multiple(row, "earnings")

    @admin.display(description=pgettext_lazy("valuation", "price to book value"))
    def book(self, row: Rating) -> str:
        return self._multiple(row, "book")

    def _multiple(self, row: Rating, column: str) -> str:
        """The newest one up to the day of the rating."""
        rows: Any = Valuation.objects.filter(instrument=row.instrument_id, day__lte=row.day)
        found = rows.exclude(**{column: None}).order_by("-day").first()
        return formats.number(getattr(found, column), 2) if found else "–"
