"""Who registers, follows and credits referrals; both sides see the same."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branches.access import in_units_of
from branches.use_cases.departures import left_behind
from brokerage.backoffice import four_eyes
from brokerage.backoffice.tasks import register_source
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from products import desk, events
from products.mandates_access import referrals_of_head_office
from products.models import Referral
from products.states import Desk, Need, ReferralStatus
from products.use_cases.naming_desks import member_approved
from products.use_cases.winning import winning_approved, winning_sent_back

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
    left_behind.register("products.referrals", desk.left_behind)
    _declare_desks()
    _declare_winnings()
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
    register_kind(events.ReferralHandedOn, _("Somebody else goes on with it"), icon="swap")
    register_kind(events.SplitProposed, _("Another split of the credit proposed"), icon="list")
    register_kind(events.SplitSentBack, _("The other split was sent back"), icon="x")
    register_kind(events.CreditDisputed, _("The credit is disputed"), icon="alert")
    register_kind(events.DisputeAnswered, _("The dispute was answered"), icon="check")


def _declare_winnings() -> None:
    """Head office confirms what its desks won; behind a wall only who was let in."""
    label = "products.Winning"
    scope.register(label, Role.HEAD_OFFICE, _of_head_office)
    scope.register_readers(label, *sorted(roles.READERS))
    for role in EVERYTHING:
        roles.allow(role, "products.view_winning")
    roles.allow(Role.HEAD_OFFICE, "products.change_winning")
    four_eyes.on_approval(label, winning_approved)
    four_eyes.on_rejection(label, winning_sent_back)
    register_kind(events.WinningProposed, _("Said to be won; a second person looks"), icon="list")
    register_kind(events.WinningSentBack, _("Not confirmed as won"), icon="x")


def _of_head_office(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    known = referrals_of_head_office(Referral.objects.all(), user)
    return rows.filter(referral__in=known.values("pk"))


def _declare_desks() -> None:
    """Head office names its desks, with four eyes; managers see to whom they hand."""
    label = "products.DeskMember"
    scope.register_readers(label, Role.BRANCH_MANAGER, *EVERYTHING)
    for role in (Role.BRANCH_MANAGER, *EVERYTHING):
        roles.allow(role, "products.view_deskmember")
    roles.allow(Role.HEAD_OFFICE, "products.add_deskmember", "products.change_deskmember")
    four_eyes.on_approval(label, member_approved)
    labels = (
        (events.DeskMemberProposed, _("To be put on a desk: {desk}"), "list"),
        (events.DeskMemberNamed, _("On a desk: {desk}"), "check"),
        (events.DeskMemberLeft, _("Off a desk: {desk}"), "x"),
    )
    for event, words, icon in labels:
        register_kind(event, words, icon=icon, words={"desk": Desk})
