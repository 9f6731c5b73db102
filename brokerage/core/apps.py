from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "brokerage.core"
    label = "core"

    def ready(self) -> None:
        from brokerage.core import checks, field_checks  # noqa: F401 - registers them
        from brokerage.core.roles import sync_after_migrate

        post_migrate.connect(sync_after_migrate, dispatch_uid="core.sync_roles")
