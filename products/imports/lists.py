"""A list of products: each row registers one onto an item that is graded already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.imports.fields import text
from brokerage.backoffice.imports import Column, Importer, Values
from brokerage.core import clock, scope
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from products.families import problems_of, read_lines
from products.models import Issuer, Product
from products.states import HIDDEN, Family
from products.use_cases.listing import list_product
from products.use_cases.plan_checks import require_not_open
from products.use_cases.refusals import UnableToList
from suitability.models import GradedItem

YES_NO = [("yes", "yes"), ("no", "no"), ("是", "是"), ("否", "否")]
TEXTS: tuple[str, ...] = ("registration", "summary_zh", "summary_en", "risk_zh", "risk_en")
TEXTS += ("benchmark_zh", "benchmark_en")


class YesNo(forms.ChoiceField):
    """yes or no, 是 or 否."""

    def __init__(self, **options: Any) -> None:
        messages = {"invalid_choice": _("Write yes or no.")}
        super().__init__(choices=YES_NO, error_messages=messages, **options)

    def clean(self, value: Any) -> bool:
        return str(super().clean(value)) in {"yes", "是"}


class ProductList(Importer):
    """Registers products; terms of sale are proposed on the product desk."""

    key = "products"
    label = _("Products")
    intro = _("One product in a row. Its item has to be graded before; terms of sale come after.")
    icon = "box"
    permission = "products.add_product"
    unique = ("code",)
    columns = (
        text("code", _("Item code"), "DEMO-NEW", most=40, also=("代码", "产品代码")),
        Column(
            "family",
            forms.ChoiceField(
                label=pgettext_lazy("product", "family"),
                choices=Family.choices,
                error_messages={"invalid_choice": _("This is no family of products.")},
            ),
            "fund",
            ("品类",),
        ),
        text("issuer", _("unified social credit code"), "91310000MA1FDEM01K", most=18),
        text("registration", _("registration number"), "备案 0001", most=40),
        Column("open", YesNo(label=_("on the open shelf")), "yes"),
        text("summary_zh", _("what it invests in, Chinese"), "短期国债", most=200),
        text("summary_en", _("what it invests in, English"), "Short treasury bills", most=300),
        text("risk_zh", _("its main risks, Chinese"), "利率上行时会下跌", most=300),
        text("risk_en", _("its main risks, English"), "Falls when rates rise", most=500),
        text("benchmark_zh", _("benchmark, Chinese"), "", most=80, required=False),
        text("benchmark_en", _("benchmark, English"), "", most=120, required=False),
        text(
            "facts",
            _("facts of its family"),
            "manager: 沈知行 | Shen Zhixing; custodian: 梧洲银行 | Wuzhou Bank; "
            "founded: 2021-04-12",
            most=800,
            required=False,
        ),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, Any]:
        codes = [row["code"] for row in rows if "code" in row]
        issuers = [row["issuer"] for row in rows if "issuer" in row]
        known = scope.visible(Product, user).filter(item__code__in=codes)
        return {
            "items": set(
                scope.visible(GradedItem, user)
                .filter(code__in=codes)
                .values_list("code", flat=True)
            ),
            "taken": set(known.values_list("item__code", flat=True)),
            "issuers": set(
                scope.visible(Issuer, user)
                .filter(credit_code__in=issuers)
                .values_list("credit_code", flat=True)
            ),
        }

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        if row["code"] not in facts["items"]:
            raise ValidationError({"code": _("No graded item has this code.")})
        if row["code"] in facts["taken"]:
            raise ValidationError({"code": _("This product is registered already.")})
        if row["issuer"] not in facts["issuers"]:
            raise ValidationError({"issuer": _("No issuer has this code.")})
        if row["open"] and Family(row["family"]) in HIDDEN:
            raise ValidationError({"open": _("A private fund never stands on the open shelf.")})
        try:
            require_not_open(row["family"], row["open"], clock.today())
        except UnableToList as error:
            raise ValidationError({"open": str(error)}) from error
        if problems_of(row["family"], read_lines(row["facts"])):
            raise ValidationError({"facts": _("These are not the facts of this family.")})

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        try:
            made = list_product(
                actor=Actor.of(maker),
                at=at,
                item=scope.visible(GradedItem, maker).get(code=row["code"]),
                family=row["family"],
                issuer=scope.visible(Issuer, maker).get(credit_code=row["issuer"]),
                on_open_shelf=row["open"],
                attributes=read_lines(row["facts"]),
                **{name: row[name] for name in TEXTS},
            )
        except UnableToList as error:
            raise ValidationError(str(error)) from error
        return made.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(Product, user).filter(ref=ref).first()


PRODUCT_LIST = ProductList()
