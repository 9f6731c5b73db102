from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "brokerage.files"
    label = "files"

    def ready(self) -> None:
        from brokerage.files import access, checks, timeline  # noqa: F401 - registers its check

        access.register_policies()
        timeline.register()
