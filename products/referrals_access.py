"""Who registers, follows and credits referrals; both sides see the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import in_units_of
from brokerage.backoffice.tasks import register_source
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from products import desk, events
from products.mandates_access import referrals_of_head_office
from products.states import Need, ReferralStatus

PATHS = {"Referral": "", "CreditSplit": "referral__", "CreditDispute": "split__referral__"}
OF_HEAD_OFFICE = {"Referral": referrals_of_head_office}
EVERYTHING = (Role.HEAD_OFFICE, *sorted(roles.READERS))


def declare() -> None:
    """Outlets see what they brought, branch companies what is theirs, the desks everything."""
    for name, path in PATHS.items():
        label = f"products.{name}"
        scope.register_readers(label, *sorted(roles.READERS))
        scope.register(label, Role.HEAD_OFFICE, OF_HEAD_OFFICE.get(name, scope.everything))
        either = in_units_of(Role.BRANCH_MANAGER, f"{path}outlet", f"{path}company")
        scope.register(label, Role.BRANCH_MANAGER, either)
        scope.register(label, Role.ADVISER, in_units_of(Role.ADVISER, f"{path}outlet"))
        for role in (Role.BRANCH_MANAGER, Role.ADVISER, *EVERYTHING):
            roles.allow(role, f"products.view_{name.lower()}")
    roles.allow(Role.ADVISER, "products.add_referral")
    roles.allow(Role.BRANCH_MANAGER, "products.add_referral", "products.change_referral")
    roles.allow(Role.HEAD_OFFICE, "products.follow_referral")
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "products.add_creditdispute")
    roles.allow(Role.HEAD_OFFICE, "products.change_creditdispute")
    register_source("products.referrals", _("Referrals"), desk.referrals, desk.probe_referrals)
    register_source(
        "products.disputes", _("Disputes about credits"), desk.disputes, desk.probe_disputes
    )
    for event in (events.ReferralMoved, events.ReferralEnded):
        verb = event.kind.partition(".")[2]
        subscribe(event, "products.handlers.tell_referrer", name=f"products.tell_{verb}")
    register_kind(
        events.ReferralRegistered,
        _("Referral registered: {need}"),
        icon="plus",
        words={"need": Need},
    )
    for event in (events.ReferralMoved, events.ReferralEnded):
        register_kind(
            event, _("Referral: {status}"), icon="next", words={"status": ReferralStatus}
        )
    register_kind(events.CreditDisputed, _("The credit is disputed"), icon="alert")
    register_kind(events.DisputeAnswered, _("The dispute was answered"), icon="check")
