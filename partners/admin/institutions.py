"""Institutions and their licences: entered, handed over, suspended, ended."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.visits.desk.common import need
from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddsAdmin, acting
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, roles, scope
from brokerage.core.display import formats
from brokerage.core.roles import Role
from brokerage.users.models import User
from partners.admin.contracts import EndForm
from partners.health import health_of
from partners.models import Contract, Material, Partner, PartnerLicence
from partners.states import TRANSITIONS, PartnerStatus
from partners.use_cases import (
    UnableToEnlist,
    add_licence,
    enlist_partner,
    hand_over,
    set_partner_status,
)
from partners.use_cases.end_early import UnableToEndEarly, end_licence

PAPER = ["partner", "title", "number", "issuer", "valid_from", "valid_to"]
PAPER += ["checked_on", "checked_in"]
"""What a person fills of a licence."""


def managers() -> Any:
    """Log-ins of partner managers."""
    rows = User.objects.filter(is_active=True, groups__name=Role.PARTNER_MANAGER)
    return rows.order_by("display_name", "pk")


class NeededReason(ActForm):
    """Why; it stays in the history of the institution."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ManagerForm(ActForm):
    """Who looks after the institution from now on."""

    manager = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Partner manager"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = managers().exclude(pk=self.row.manager_id)  # type: ignore[attr-defined]  # a model choice field
        self.fields["manager"].label_from_instance = _name  # type: ignore[attr-defined]  # a model choice field


def _name(user: User) -> str:
    return user.display_name or str(user.ref)[:8]


def _status_act(key: str, status: PartnerStatus, **words: Any) -> Act:
    def run(request: HttpRequest, row: Partner, values: dict[str, Any]) -> str:
        set_partner_status(partner=row, status=status, reason=values["reason"], **acting(request))
        return _("Done. It counts from this moment.")

    return Act(
        key=key,
        right="partners.change_partner",
        form=NeededReason,
        run=run,
        shown=lambda user, row: TRANSITIONS.allows(row.status, status),
        **words,
    )


def _hand_over(request: HttpRequest, row: Partner, values: dict[str, Any]) -> str:
    hand_over(partner=row, manager=values["manager"], **acting(request))
    return _("The institution has a new manager.")


ACTS = (
    _status_act(
        "suspend",
        PartnerStatus.SUSPENDED,
        title=gettext_lazy("Suspend"),
        note=gettext_lazy(
            "Keys, codes and links are dead at once. Applications that are running go on as ours."
        ),
        button=gettext_lazy("Suspend now"),
        kind="stop",
    ),
    _status_act(
        "resume",
        PartnerStatus.ACTIVE,
        title=gettext_lazy("Take back"),
        note=gettext_lazy("Keys, codes and links work again as far as the contract goes."),
        button=gettext_lazy("Take back"),
    ),
    Act(
        key="manager",
        title=gettext_lazy("Another manager"),
        button=gettext_lazy("Hand over"),
        right="partners.hand_over_partner",
        form=ManagerForm,
        run=_hand_over,
        shown=lambda user, row: row.status != PartnerStatus.ENDED,
        refusals=(UnableToEnlist,),
        kind="2",
    ),
    _status_act(
        "end",
        PartnerStatus.ENDED,
        title=gettext_lazy("End for good"),
        note=gettext_lazy("This cannot be taken back; the institution would be entered anew."),
        button=gettext_lazy("End now"),
        kind="stop",
    ),
)


def health_view(request: HttpRequest) -> HttpResponse:
    """How it goes with each institution that the reader looks after."""
    need(request, "partners.view_partner")
    mine = scope.visible(Partner.objects.exclude(status=PartnerStatus.ENDED), request.user)
    report = health_of(mine, clock.now())
    context = {
        "report": report,
        "may_throttle": roles.may(request.user, "partners.throttle_client"),
        "may_suspend": roles.may(request.user, "partners.change_partner"),
    }
    return page(request, "admin/partners/health.html", context)


@admin.register(Partner)
class PartnerAdmin(AddsAdmin):
    """Who we work with."""

    section = "partners"
    icon = "link"
    order = 40
    refusals: ClassVar = (UnableToEnlist,)
    acts = ACTS
    add_label = gettext_lazy("Enter an institution")
    list_display = ["name_zh", "name_en", "kind", "status", "manager_name"]
    list_filter = ["kind", "status"]
    list_select_related = ["manager"]
    search_fields = ["name_zh", "name_en"]
    readonly_fields = ["status", "manager_name", "works", "contract", "materials"]

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(health_view)
        return [path("health/", view, name="partners_partner_health"), *super().own_urls()]

    @admin.display(description=gettext_lazy("partner manager"))
    def manager_name(self, row: Partner) -> str:
        return _name(row.manager) if row.manager else "–"

    @admin.display(description=gettext_lazy("may act today"), boolean=True)
    def works(self, row: Partner) -> bool:
        return Partner.objects.working(clock.now()).filter(pk=row.pk).exists()

    @admin.display(description=gettext_lazy("contract in force"))
    def contract(self, row: Partner) -> str:
        found = Contract.objects.in_force(clock.today()).filter(partner=row).first()
        if found is None or found.valid_to is None:
            return "–"
        until = formats.day(found.valid_to)
        return _("{number}, until {day} (not included)").format(number=found, day=until)

    @admin.display(description=gettext_lazy("materials in force"))
    def materials(self, row: Partner) -> str:
        found = Material.objects.filter(partner=row).in_force(clock.now()).order_by("code")
        return ", ".join(str(each) for each in found) or "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["name_zh", "name_en", "kind"]
        return [*names, *self.readonly_fields] if obj else names

    def add(self, request: HttpRequest, row: Any, form: Any) -> Partner:
        """Whoever enters an institution looks after it, where they are a partner manager."""
        user = user_of(request)
        mine = managers().filter(pk=user.pk).exists()
        given = {name: form.cleaned_data[name] for name in ("name_zh", "name_en", "kind")}
        return enlist_partner(manager=user if mine else None, **given, **acting(request))


def _end_licence(request: HttpRequest, row: PartnerLicence, values: dict[str, Any]) -> str:
    end_licence(licence=row, **values, **acting(request))
    return _("Noted. Without another licence nothing works after that day.")


END_LICENCE = Act(
    key="end",
    title=gettext_lazy("It ends earlier"),
    note=gettext_lazy(
        "It was taken back, or its last day was entered wrong. "
        "With yesterday everything stops at once."
    ),
    button=gettext_lazy("Set the last day"),
    right="partners.add_partnerlicence",
    form=EndForm,
    run=_end_licence,
    shown=lambda user, row: (
        row.is_approved and (row.valid_to is None or row.valid_to > clock.today())
    ),
    refusals=(UnableToEndEarly,),
    kind="stop",
)


@admin.register(PartnerLicence)
class PartnerLicenceAdmin(AddsAdmin):
    """What proves that an institution is what it says."""

    section = "partners"
    icon = "id"
    order = 41
    refusals: ClassVar = (UnableToEnlist,)
    acts = (END_LICENCE,)
    add_label = gettext_lazy("Enter a partner's licence")
    list_display = ["partner", "title", "number", "valid_from", "valid_to", "decision"]
    list_filter = ["decision", "partner"]
    list_select_related = ["partner"]
    readonly_fields = ["entered_by", "made_at", "decision", "checked_at", "rejection_reason"]
    export_columns = ("partner", "title", "number", "issuer", "valid_from", "valid_to")

    @admin.display(description=gettext_lazy("entered by"))
    def entered_by(self, row: PartnerLicence) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*PAPER, *self.readonly_fields] if obj else PAPER

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def add(self, request: HttpRequest, row: Any, form: Any) -> PartnerLicence:
        values = {name: form.cleaned_data[name] for name in PAPER}
        return add_licence(maker=user_of(request), at=clock.now(), **values)
