from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuitabilityConfig(AppConfig):
    name = "suitability"
    verbose_name = _("Suitability")

    def ready(self) -> None:
        from suitability import access, content, inspecting, refusals, rule_rows

        access.declare()
        content.register_schemas()
        content.register_loader()
        inspecting.register()
        refusals.register()
        rule_rows.register_schemas()
        rule_rows.register_loader()
