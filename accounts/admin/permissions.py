"""Trading permissions of customers within scope, and applications that people look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.evidence.states import CheckStatus
from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.grounds import attempts_of
from accounts.permissions.states import HELD, CaseStatus, CaseVerdict, Gap
from accounts.permissions.use_cases.losing import decide_revocation, propose_revocation
from accounts.permissions.use_cases.reviewing import (
    DECIDES,
    PROPOSES,
    decide,
    proposal_mark,
    propose,
)
from accounts.permissions.use_cases.send_permissions import counter_knows
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.permissions.wording import labels
from accounts.views.frame import language
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin, ReadOnlyAdmin
from brokerage.backoffice.lists.customers import WHO_HELP, WHOSE
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.reference.models import Rule
from holdings.models import AssetEvidence
from suitability.selectors.permissions import PREFIX


class VerdictForm(ActForm):
    """What the first reviewer says."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"), choices=CaseVerdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the file"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionForm(ActForm):
    """Whether the second reviewer agrees."""

    agree = forms.ChoiceField(
        label=gettext_lazy("Do you agree?"),
        choices=[("yes", gettext_lazy("Agree")), ("no", gettext_lazy("Do not agree"))],
        widget=forms.RadioSelect,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["seen"].initial = proposal_mark(row)


def _propose(request: HttpRequest, row: PermissionApplication, values: dict[str, Any]) -> str:
    propose(
        case=row,
        verdict=CaseVerdict(values["verdict"]),
        note=values["note"],
        officer=user_of(request),
        at=clock.now(),
    )
    return _("Your proposal waits for a second person.")


def _decide(request: HttpRequest, row: PermissionApplication, values: dict[str, Any]) -> str:
    agree = values["agree"] == "yes"
    decide(case=row, agree=agree, officer=user_of(request), at=clock.now(), seen=values["seen"])
    return _("Decided.") if agree else _("The proposal was sent back.")


def _may_propose(user: Any, row: PermissionApplication) -> bool:
    return row.status == CaseStatus.REVIEW and row.proposed_by_id is None


def _may_decide(user: Any, row: PermissionApplication) -> bool:
    waits = row.status == CaseStatus.REVIEW and row.proposed_by_id is not None
    return waits and row.proposed_by_id != user.pk


class WhyForm(ActForm):
    """Why a permission is to be revoked."""

    note = forms.CharField(
        label=gettext_lazy("Note for the file"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _propose_revocation(
    request: HttpRequest, row: TradingPermission, values: dict[str, Any]
) -> str:
    propose_revocation(
        permission=row, note=values["note"], officer=user_of(request), at=clock.now()
    )
    return _("Your proposal waits for a second person.")


def _decide_revocation(
    request: HttpRequest, row: TradingPermission, values: dict[str, Any]
) -> str:
    agree = values["agree"] == "yes"
    decide_revocation(
        permission=row, agree=agree, officer=user_of(request), at=clock.now(), seen=values["seen"]
    )
    return _("Decided.") if agree else _("The proposal was sent back.")


def _may_propose_revocation(user: Any, row: TradingPermission) -> bool:
    return row.status in HELD and row.proposed_by_id is None


def _may_decide_revocation(user: Any, row: TradingPermission) -> bool:
    waits = row.status in HELD and row.proposed_by_id is not None
    return waits and row.proposed_by_id != user.pk


class Named(ReadOnlyAdmin):
    """Rows of one customer and permission; the names of permissions come with the rows."""

    search_by = WHOSE
    search_help = WHO_HELP

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: Any) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("trading permission"), ordering="key")
    def called(self, row: Any) -> str:
        return row.name or row.key

    def get_queryset(self, request: HttpRequest) -> Any:
        rule = Rule.objects.on(clock.today()).filter(key=Concat(Value(PREFIX), OuterRef("key")))
        name = KeyTextTransform(language(), KeyTransform("label", "value"))
        rows = super().get_queryset(request).select_related("customer")
        return rows.annotate(name=Subquery(rule.annotate(says=name).values("says")[:1]))


class ByKey(admin.SimpleListFilter):
    """The permissions by their names."""

    title = gettext_lazy("trading permission")
    parameter_name = "key"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(labels(clock.today()).items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(key=self.value()) if self.value() else queryset


@admin.register(PermissionApplication)
class PermissionApplicationAdmin(Named, ActsAdmin):
    """Applications for trading permissions, with what each decision stood on."""

    section = "business"
    icon = "check"
    order = 45
    list_display = ["applied_at", "called", "who", "status", "route", "effective_on"]
    list_filter = ["status", "route", ByKey]
    list_select_related = ["customer"]
    fields = [
        "called",
        "who",
        "status",
        "status_since",
        "refusal",
        "rule_version",
        "assets",
        "first_trade",
        "last_problem",
        "tests",
        "text",
        "text_read_at",
        "signed_at",
        "fingerprint",
        "sealed_at",
        "seal_problem",
        "helped",
        "route",
        "route_rule",
        "proposed_by",
        "verdict",
        "note",
        "decided_by",
        "report_number",
        "effective_on",
    ]
    acts = (
        Act(
            key="propose",
            title=gettext_lazy("Propose a verdict"),
            button=gettext_lazy("Propose"),
            right=PROPOSES,
            form=VerdictForm,
            run=_propose,
            shown=_may_propose,
            refusals=(UnableToGoOn,),
        ),
        Act(
            key="decide",
            title=gettext_lazy("Decide on the proposal"),
            button=gettext_lazy("Decide"),
            right=DECIDES,
            form=DecisionForm,
            run=_decide,
            shown=_may_decide,
            refusals=(UnableToGoOn,),
        ),
    )

    @admin.display(description=gettext_lazy("frozen average"))
    def assets(self, row: PermissionApplication) -> str:
        if row.evidence_ref is None:
            return "–"
        found = AssetEvidence.objects.get(ref=row.evidence_ref)
        return _("{amount} over {days} trading days before {day}").format(
            amount=formats.money(found.average), days=found.days, day=formats.day(found.on)
        )

    @admin.display(description=gettext_lazy("attempts at knowledge tests"))
    def tests(self, row: PermissionApplication) -> SafeString | str:
        lines = [
            (each.number, each.get_status_display(), "–" if each.score is None else each.score)
            for each in attempts_of(row)
        ]
        return format_html_join(SafeString("<br>"), "{} · {} · {}", lines) or "–"

    @admin.display(description=gettext_lazy("help by outlets"))
    def helped(self, row: PermissionApplication) -> SafeString | str:
        """Each step that staff of an outlet did beside the customer, and who."""
        done = row.releases.filter(done_at__isnull=False).select_related("outlet", "helper")
        lines = [
            (
                each.get_step_display(),
                each.outlet.name if each.outlet else "–",
                each.helper.display_name if each.helper else "–",
            )
            for each in done.order_by("done_at")
        ]
        return format_html_join(SafeString("<br>"), "{} · {} · {}", lines) or "–"

    def files_of(self, row: PermissionApplication) -> Sequence[tuple[UUID, str]]:
        return [(row.file_ref, _("Signed application (PDF)"))] if row.file_ref else []


@admin.register(TradingPermission)
class TradingPermissionAdmin(Named, ActsAdmin):
    """Who may trade what, by permission, status and service tier, within scope."""

    section = "customers"
    icon = "check"
    order = 31
    list_display = ["called", "who", "status", "effective_on", "status_since"]
    list_filter = ["status", ByKey, "customer__assets__tier"]
    list_select_related = ["customer"]
    fields = ["called", "who", "status", "status_since", "effective_on", "missing", "earliest"]
    fields += ["at_counter", "loss", "note", "proposed_by", "revoked_by"]
    acts = (
        Act(
            key="revoke",
            title=gettext_lazy("Propose to revoke it"),
            button=gettext_lazy("Propose"),
            right=PROPOSES,
            form=WhyForm,
            run=_propose_revocation,
            shown=_may_propose_revocation,
            refusals=(UnableToGoOn,),
            kind="stop",
            note=gettext_lazy("Buying closes; selling and reducing stay open."),
        ),
        Act(
            key="decide",
            title=gettext_lazy("Decide on the revocation"),
            button=gettext_lazy("Decide"),
            right=DECIDES,
            form=DecisionForm,
            run=_decide_revocation,
            shown=_may_decide_revocation,
            refusals=(UnableToGoOn,),
        ),
    )

    @admin.display(description=gettext_lazy("at the trading counter"))
    def at_counter(self, row: TradingPermission) -> str:
        """Since when the counter knows the customer's permissions, or since when it is told."""
        told = counter_knows(row.customer)
        if told is None:
            return "–"
        answered = told.status == CheckStatus.ANSWERED and told.ended_at
        said = _("known since {time}") if answered else _("being told since {time}")
        return said.format(time=formats.moment(told.ended_at or told.created_at))

    @admin.display(description=gettext_lazy("what is missing"))
    def missing(self, row: TradingPermission) -> str:
        return " · ".join(str(Gap(each).label) for each in row.gaps) or "–"
