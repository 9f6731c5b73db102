from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        from partners import access, dated, files, lookups

        dated.register()
        files.register()
        lookups.register()
        access.declare()
