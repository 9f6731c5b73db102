from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = _("Products")

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from products import access
        from products.gateways.checks import check_counterparties

        register(check_counterparties, Tags.security)
        access.declare()
