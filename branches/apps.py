from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self) -> None:
        from branches import access
        from branches.commission import dated

        access.declare()
        dated.register()
