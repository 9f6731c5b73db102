from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class BackofficeAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site as its default."""

    default = False
    default_site = "brokerage.backoffice.site.BackofficeSite"


class BackofficeConfig(AppConfig):
    name = "brokerage.backoffice"
    label = "backoffice"
    default = True

    def ready(self) -> None:
        from brokerage.backoffice import access
        from brokerage.backoffice.imports import tasks  # noqa: F401 - jobs the queue must know

        access.declare()
