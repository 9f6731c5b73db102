from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"

    def ready(self) -> None:
        from branches import access, content
        from branches.commission import dated
        from branches.suggestions import dated as suggested
        from branches.visits import access as visits

        content.register_all()
        access.declare()
        visits.declare()
        dated.register()
        suggested.register()
