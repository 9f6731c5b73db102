from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldingsConfig(AppConfig):
    name = "holdings"
    verbose_name = _("Holdings")

    def ready(self) -> None:
        from holdings import access, dated

        dated.register()
        access.declare()
