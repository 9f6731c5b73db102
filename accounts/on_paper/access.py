"""Who sees agreements on paper, and what the timeline tells of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.counter.access import opened_by_me
from accounts.counter.rules import HELPS
from accounts.on_paper import events
from accounts.on_paper.states import PaperLook
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.timeline import register_kind

MODEL = "accounts.PaperSigning"


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(MODEL, Role.CUSTOMER, own_rows("application__customer__"))
    for role in HELPS:
        scope.register(MODEL, role, opened_by_me("release__"))
    scope.register_readers(MODEL, *sorted(roles.READERS))
    register_kind(
        events.PackPrinted,
        _("An outlet printed your agreements for a signature by hand"),
        icon="doc",
        public=True,
        staff=_("The agreements were printed for a signature by hand"),
    )
    register_kind(
        events.PaperScanned,
        _("You signed by hand; the outlet scanned the pages"),
        icon="doc",
        public=True,
        staff=_("Signed by hand and scanned"),
    )
    register_kind(
        events.PaperSentBack,
        _("The second person did not confirm the signed pages: {lacks}"),
        icon="alert",
        words={"lacks": PaperLook},
    )
    register_kind(
        events.PackSignedOnPaper,
        _("A second person at the outlet confirmed your signature by hand"),
        icon="check",
        public=True,
        staff=_("A second person confirmed the signature by hand"),
    )
