"""A product as it is registered; what it is sold for stands in its terms."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.display.languages import reads_english
from brokerage.core.models import Referenced, Timestamped
from products.models.issuers import Issuer, Vetting
from products.states import HIDDEN, MODES, Family, Mode
from suitability.models import GradedItem, ItemGrade


class ProductQuerySet(models.QuerySet["Product"]):
    def for_sale(self, on: date) -> Self:
        """Published, within their sale period, of a vetted issuer, graded, not suspended.

        Each row knows of that day its `grade` and its `least` amount in yuan.
        """
        from products.models.suspensions import Suspension
        from products.models.terms import Terms

        terms = Terms.objects.approved().on(on).filter(product=OuterRef("pk"))
        grades = ItemGrade.objects.in_force(on).filter(item=OuterRef("item"))
        return self.filter(
            Exists(terms),
            Exists(Vetting.objects.approved().on(on).filter(issuer=OuterRef("issuer"))),
            ~Exists(Suspension.objects.filter(product=OuterRef("pk"), ended_at=None)),
            Exists(grades),
        ).annotate(
            grade=Subquery(grades.values("grade")[:1]),
            least=Subquery(terms.values("minimum")[:1]),
        )

    def openly(self) -> Self:
        """Those that everybody may see."""
        return self.filter(on_open_shelf=True)


class Product(Referenced, Timestamped):
    """Something we sell: one-to-one onto the graded item that carries grade, type and time.

    Not for: what it costs and when it is sold (`Terms`), what it is worth (`DailyValue`). A
    changed product is another product, as its item is. Never deleted.
    """

    item = models.OneToOneField(
        GradedItem, models.PROTECT, related_name="product", verbose_name=_("graded item")
    )
    family = models.CharField(
        pgettext_lazy("product", "family"), max_length=12, choices=Family.choices
    )
    issuer = models.ForeignKey(
        Issuer, models.PROTECT, related_name="products", verbose_name=_("issuer")
    )
    registration = models.CharField(
        _("registration number"),
        max_length=40,
        help_text=_("Of the approval, filing or registration of the product."),
    )
    on_open_shelf = models.BooleanField(
        _("on the open shelf"),
        default=False,
        help_text=_("Never for private funds and for plans."),
    )
    summary_zh = models.CharField(_("what it invests in, Chinese"), max_length=200)
    summary_en = models.CharField(_("what it invests in, English"), max_length=300)
    risk_zh = models.CharField(_("its main risks, Chinese"), max_length=300)
    risk_en = models.CharField(_("its main risks, English"), max_length=500)
    benchmark_zh = models.CharField(_("benchmark, Chinese"), max_length=80, blank=True)
    benchmark_en = models.CharField(_("benchmark, English"), max_length=120, blank=True)
    attributes = models.JSONField(_("attributes of its family"), default=dict, blank=True)

    objects: ClassVar[Any] = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        permissions = [("see_control", _("Can see the control of products"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(family__in=Family.values), name="a_product_has_a_known_family"
            ),
            models.CheckConstraint(
                condition=Q(on_open_shelf=False) | ~Q(family__in=sorted(HIDDEN)),
                name="a_private_fund_is_never_on_the_open_shelf",
                violation_error_message=_("A private fund never stands on the open shelf."),
            ),
            models.CheckConstraint(
                condition=~Q(registration="") & ~Q(risk_zh="") & ~Q(risk_en=""),
                name="a_product_says_its_registration_and_risks",
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def mode(self) -> Mode:
        """How it is bought."""
        return MODES[Family(self.family)]

    @property
    def summary(self) -> str:
        """What it invests in, in the reader's language."""
        return self.summary_en if reads_english() else self.summary_zh

    @property
    def risk(self) -> str:
        """Its main risks, in the reader's language."""
        return self.risk_en if reads_english() else self.risk_zh

    @property
    def benchmark(self) -> str:
        """What its values are compared with, in the reader's language."""
        return self.benchmark_en if reads_english() else self.benchmark_zh
