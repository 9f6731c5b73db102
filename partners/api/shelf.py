"""The shelf that an institution may display: its part of the open one, with the way to us."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from brokerage.core import clock
from partners.api.base import Tagged, caller
from partners.selectors import shelf_of
from partners.states import ApiScope
from products.models import Product


class ProductSerializer(serializers.ModelSerializer[Product]):
    """A product as it may be displayed: risks beside what it is, no promise, no opinion."""

    code = serializers.CharField(source="item.code", read_only=True)
    name_zh = serializers.CharField(source="item.name_zh", read_only=True)
    name_en = serializers.CharField(source="item.name_en", read_only=True)
    grade = serializers.SerializerMethodField()
    least_yuan = serializers.DecimalField(
        source="least", max_digits=20, decimal_places=2, read_only=True
    )
    url = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ["ref", "code", "family", "name_zh", "name_en", "grade", "least_yuan"]
        fields += ["summary_zh", "summary_en", "risk_zh", "risk_en", "url"]
        read_only_fields = fields

    def get_grade(self, product: Any) -> str:
        """The risk grade in force, R1 to R5."""
        return str(product.grade)

    def get_url(self, product: Product) -> str:
        """Our own page, where alone anything is matched and bought."""
        path = reverse("products:product", args=[product.item.code])
        return str(self.context["request"].build_absolute_uri(path))


class ProductViewSet(Tagged):
    """What the caller's institution may display of what is for sale on the open shelf today."""

    scopes = {"list": ApiScope.SHELF_READ, "retrieve": ApiScope.SHELF_READ}
    serializer_class = ProductSerializer
    ordering = ("id",)

    def get_queryset(self) -> Any:
        rows = shelf_of(caller(self.request).partner, clock.today())
        return rows.select_related("item")
