from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "brokerage.core"
    label = "core"

    def ready(self) -> None:
        from brokerage.core import checks  # noqa: F401 - registers them
