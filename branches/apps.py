from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self) -> None:
        from branches import access, content
        from branches.commission import dated

        content.register_all()
        access.declare()
        dated.register()
