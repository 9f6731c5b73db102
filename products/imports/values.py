"""Daily values: each row is the value of one product at the end of one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.imports.fields import day, text
from brokerage.backoffice.imports import Column, Importer, Values
from brokerage.core import clock, scope
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from products.imports.lists import YesNo
from products.models import DailyValue, Product
from products.rules.values import Value
from products.use_cases.valuing import take_values

LEAP = Decimal("0.5")
"""A value that moves by more than this share from the newest one before is a slip of the pen."""


def _level(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    least = Decimal("0.000001")
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=least,
        max_digits=14,
        decimal_places=6,
        help_text=help_text,
    )


class DailyValues(Importer):
    """Adds days and corrects days that are known; a leap has to be checked before."""

    key = "daily-values"
    label = _("Daily values")
    intro = _("Value of a unit at the end of a day. A day that is known already is corrected.")
    icon = "chart"
    permission = "products.add_dailyvalue"
    unique = ("code", "day")
    columns = (
        text("code", _("Item code"), "DEMO-CASH", most=40, also=("代码", "产品代码")),
        day("day", pgettext_lazy("daily value", "Day"), "2026-03-02"),
        Column("value", _level(_("Value of a unit")), "1.0234", ("净值", "单位净值")),
        Column(
            "benchmark",
            _level(
                _("Level of the benchmark"), required=False, help_text=_("Empty: it has none.")
            ),
            "",
            ("基准",),
        ),
        Column(
            "checked",
            YesNo(
                label=_("Checked"),
                required=False,
                help_text=_("yes, where a leap is right, such as after a split."),
            ),
            "",
            ("已核对",),
        ),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, Any]:
        codes = {row["code"] for row in rows if "code" in row}
        found = scope.visible(Product, user).filter(item__code__in=codes)
        by_code = {each.item.code: each for each in found.select_related("item")}
        newest = DailyValue.objects.filter(product__in=by_code.values()).order_by(
            "product", "-day"
        )
        last = {row.product_id: row for row in newest.distinct("product")}
        return {"products": by_code, "last": last, "today": clock.today()}

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        product = facts["products"].get(row["code"])
        if product is None:
            raise ValidationError({"code": _("No product has this code.")})
        if row["day"] > facts["today"]:
            raise ValidationError({"day": _("This day has not ended yet.")})
        before = facts["last"].get(product.pk)
        checked = row.get("checked", False)
        leaps = before and row["day"] > before.day and _leaps(row["value"], before.value)
        if leaps and not checked:
            raise ValidationError(
                {
                    "value": _(
                        "This is far from the value before. Check the decimal point, or write "
                        "yes under Checked."
                    )
                }
            )

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        product = scope.visible(Product, maker).get(item__code=row["code"])
        value = Value(row["day"], row["value"], row["benchmark"])
        take_values(product=product, values=[value], actor=Actor.of(maker), at=at)
        return product.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(Product, user).filter(ref=ref).first()


def _leaps(value: Decimal, before: Decimal) -> bool:
    return abs(value / before - 1) > LEAP


DAILY_VALUES = DailyValues()
