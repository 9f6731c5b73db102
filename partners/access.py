"""Who sees and does what here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.entries import Source, sources
from branches import entry_codes
from brokerage.core import data_export, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.timeline import register_kind
from partners import entries, events

SEES = (Role.PARTNER_MANAGER, Role.HEAD_OFFICE, *sorted(roles.READERS))
SOURCE = Source(find=entries.find, name_of=entries.name_of)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    sources.register("partners", SOURCE)
    entry_codes.institutions.register("partners", entries.living_name_of)
    entry_codes.institution_choices.register("partners", entries.active)
    for label in ("partners.Partner", "partners.ApiClient", "partners.EntryLink"):
        scope.register_readers(label, *SEES)
    for role in SEES:
        roles.allow(role, "partners.view_partner", "partners.view_apiclient")
        roles.allow(role, "partners.view_entrylink")
    roles.allow(Role.PARTNER_MANAGER, "partners.manage_clients")
    data_export.exempt("partners.Credential", "keys of partners' programs")
    register_kind(events.PartnerStatusChanged, _("The institution's status changed: {status}"))
    register_kind(events.SecretIssued, _("A client got a new secret"))
    register_kind(events.ClientSuspended, _("A client was suspended"))
    register_kind(events.EntryLinkMade, _("An entry link was made"))
