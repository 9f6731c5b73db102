"""Who sees the questions about money: AML roles, and each customer their own. No outlet does."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.aml.access import AML_ROLES
from accounts.funds import events, home
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

MODEL, VIEW = "accounts.FundsInquiry", "accounts.view_fundsinquiry"


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(MODEL, Role.CUSTOMER, own_rows("application__customer__"))
    scope.register_readers(MODEL, *AML_ROLES)
    for role in AML_ROLES:
        roles.allow(role, VIEW)
    home_cards.sources.register("accounts.funds", home.cards)
    home_cards.facts.register("accounts.funds_asked", home.is_asked)
    register_source("accounts.funds", _("Answers about money"), home.tasks, home.probe)
    register_kind(events.FundsAsked, _("A customer was asked about the source of their money"))
    register_kind(events.FundsAnswered, _("A customer answered about the source of their money"))
    register_kind(events.FundsAccepted, _("Answers about the source of the money were accepted"))
    subscribe(events.FundsAsked, "accounts.funds.handlers.tell", name="accounts.tell_funds_asked")
