from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Account opening")

    def ready(self) -> None:
        from accounts import access, consents, dated, files, known_facts, own_data
        from accounts.aml import dated as aml_dated
        from accounts.credit import dated as credit_dated
        from accounts.dormancy import dated as dormancy_dated
        from accounts.evidence import registration as evidence
        from accounts.funnel import counter
        from accounts.gateways import played_margin
        from accounts.life import dated as life_dated
        from accounts.papers import dated as paper_dated
        from accounts.permissions import access as permissions_access
        from accounts.permissions import banks
        from accounts.permissions import dated as permissions_dated
        from accounts.plan import dated as plan_dated
        from accounts.review import dated as review_dated
        from accounts.states import Step
        from branches.suggestions import steps as suggestion_steps

        consents.register()
        for step in Step:
            suggestion_steps.register(f"accounts.{step.value}", step.label, counter(step))
        dated.register()
        review_dated.register()
        paper_dated.register()
        aml_dated.register()
        permissions_dated.register()
        banks.register()
        life_dated.register()
        plan_dated.register()
        dormancy_dated.register()
        credit_dated.register()
        files.register()
        known_facts.register()
        own_data.register()
        evidence.register()
        played_margin.register()
        access.declare()
        permissions_access.declare()
