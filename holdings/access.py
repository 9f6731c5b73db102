"""Who sees and does what here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import at_home_in_units_of
from brokerage.backoffice import four_eyes, navigation
from brokerage.backoffice.overview import Part, parts
from brokerage.core import home_cards, retention, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.timeline import register_kind
from holdings import events, home, overview, own_data
from holdings.retention import POLICIES
from holdings.standing import standing
from holdings.states import FileKind, FileStatus
from holdings.use_cases.waive_day import waiver_approved
from suitability.profiles import standings

BY_OUTLET = (Role.BRANCH_MANAGER, Role.ADVISER)
OF_ACCOUNT = ("Position", "CashBalance", "MarginBalance", "Trade")
OF_DESK = ("CounterFile", "FileIssue", "FileChange", "CounterDay", "WaivedDay", "UnknownAccount")
OF_CUSTOMER = ("Account", "AssetSnapshot", "CustomerAssets", "AssetEvidence")


PART = Part(label=_("Assets"), order=20, find=overview.facts)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for name in OF_CUSTOMER:
        _share(name, "customer__")
    for name in OF_ACCOUNT:
        _share(name, "account__customer__")
    for role in (*BY_OUTLET, *sorted(roles.READERS)):
        roles.allow(role, "holdings.view_customerassets")
    for name in OF_DESK:
        scope.register_readers(f"holdings.{name}", Role.OPERATIONS, *sorted(roles.READERS))
    for role in (Role.OPERATIONS, *sorted(roles.READERS)):
        for name in ("counterfile", "unknownaccount", "waivedday"):
            roles.allow(role, f"holdings.view_{name}")
    roles.allow(Role.OPERATIONS, "holdings.change_counterfile", "holdings.add_waivedday")
    roles.allow(Role.COMPLIANCE, "holdings.change_waivedday")
    four_eyes.on_approval("holdings.WaivedDay", waiver_approved)
    standings.register("holdings", standing)
    home_cards.sources.register("holdings.assets", home.cards)
    home_cards.facts.register("holdings.has_assets", home.has_assets)
    parts.register("holdings", PART)
    navigation.items.register(
        "holdings.desk",
        navigation.Item(
            section="business",
            label=_("Files of the trading counter by day"),
            icon="cal",
            url_name="admin:holdings_desk",
            shown=lambda request: roles.may(request.user, "holdings.view_counterfile"),
            order=41,
        ),
    )
    own_data.register()
    for policy in POLICIES:
        retention.register(policy)
    _label_events()


def _share(name: str, path: str) -> None:
    """Own rows for the customer; for staff those of customers at home in their units."""

    label = f"holdings.{name}"
    scope.register(label, Role.CUSTOMER, own_rows(path))
    for role in BY_OUTLET:
        scope.register(label, role, at_home_in_units_of(role, path))
    scope.register_readers(label, *sorted(roles.READERS))


def _label_events() -> None:
    register_kind(
        events.AccountKept,
        _("What you hold in a new account is shown here from now on"),
        icon="card",
        public=True,
        staff=_("Holdings of an account are imported from now on"),
    )
    register_kind(
        events.FileTaken,
        _("Taken over: {file_kind} of {day}; {added} added, {changed} changed, {removed} removed"),
        icon="check",
        words={"file_kind": FileKind},
    )
    register_kind(events.FileAskedAgain, _("The desk asked for it once more"), icon="clock")
    register_kind(events.DayAsked, _("The desk asked for the files of {day}"), icon="clock")
    register_kind(
        events.DayWaived, _("{day} was given up: no average counts it any more"), icon="cal"
    )
    register_kind(events.FileReplaced, _("Replaced by a correction"), icon="swap")
    register_kind(
        events.FileNotTaken,
        _("Nothing was taken over: {status}; errors: {issues}"),
        icon="alert",
        words={"status": FileStatus},
    )
    register_kind(
        events.DayMeasured,
        _("Asset snapshots of {day}: {customers} made or corrected"),
        icon="chart",
    )
    register_kind(
        events.AverageFrozen,
        _("The average of your assets over {days} trading days was kept for a decision"),
        icon="doc",
        public=True,
        staff=_("An average over {days} trading days was kept for a decision"),
    )
