"""Who sees later tax declarations, what the timeline tells, and what the customer hears."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.tax_changes import events, home
from branches.access import in_units_of
from brokerage.backoffice.tasks import register_source
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

BY_OUTLET = (Role.OPENING_OFFICER, Role.REVIEWER, Role.OPERATIONS, Role.HEAD_OFFICE)
MODEL, VIEW = "accounts.TaxDeclaration", "accounts.view_taxdeclaration"
TOLD = (
    (
        events.TaxDeclared,
        _("You signed another tax declaration"),
        _("The customer signed another tax declaration with a code"),
        "key",
    ),
    (
        events.TaxDeclarationCounts,
        _("Your other tax declaration counts from now on"),
        _("Another tax declaration counts from now on"),
        "check",
    ),
    (
        events.TaxDeclarationReturned,
        _("We asked you to declare your tax residence again"),
        _("The tax declaration was returned"),
        "alert",
    ),
)
SENT = (events.TaxDeclarationCounts, events.TaxDeclarationReturned)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(MODEL, Role.CUSTOMER, own_rows("application__customer__"))
    for role in BY_OUTLET:
        scope.register(MODEL, role, in_units_of(role, "application__outlet"))
        roles.allow(role, VIEW)
    scope.register_readers(MODEL, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, VIEW)
    register_source("accounts.tax_declarations", _("Tax declarations"), home.tasks, home.probe)
    for event, label, staff, icon in TOLD:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(events.TaxDeclarationAgreed, _("One person agreed to the tax declaration"))
    register_kind(events.TaxDeclarationSealed, _("The signed file of a tax declaration was made"))
    for sent in SENT:
        verb = sent.kind.partition(".")[2]
        subscribe(sent, "accounts.tax_changes.handlers.tell", name=f"accounts.tell_{verb}")
    subscribe(
        events.TaxDeclarationCounts,
        "accounts.tax_changes.handlers.rate",
        name="accounts.rate_tax_declaration",
    )
