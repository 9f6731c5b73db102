from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldingsConfig(AppConfig):
    name = "holdings"
    verbose_name = _("Holdings")

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from holdings import access, dated
        from holdings.gateways.checks import check_counter

        register(check_counter, Tags.security)
        dated.register()
        access.declare()
