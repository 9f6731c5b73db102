from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self) -> None:
        from branches import access

        access.declare()
