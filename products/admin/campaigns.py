"""Campaigns of offers: counted, proposed, agreed by a second person, and how they went."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from branches.models import OrgUnit
from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles, scope
from brokerage.core.display import formats
from brokerage.core.display.charts import Point
from brokerage.customers.models.customers import Kind
from products.admin.made_and_checked import MadeAndChecked
from products.campaigns_access import ADD, CHANGE
from products.models import OfferCampaign, Product
from products.selectors.campaigns import Results, results_of, run_of
from products.selectors.reach import Counts
from products.use_cases.campaigning import preview, propose_campaign, stop_campaign
from products.use_cases.refusals import UnableToList

ASKED = ["name", "unit", "product", "kind", "last_day"]
MATTERS = ("unit", "product", "kind")


class PreviewForm(forms.Form):
    """Which product, to the customers of which unit."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("customers at home here and below"), queryset=OrgUnit.objects.none()
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("product"), queryset=Product.objects.none()
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("offer campaign", "customers"),
        choices=[("", gettext_lazy("Persons and organisations")), *Kind.choices],
        required=False,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = _units(user)
        fields["product"].queryset = _products()


@require_safe
def preview_view(request: HttpRequest) -> HttpResponse:
    """How many customers an offer would reach now, and why the others fall out."""
    if not roles.may(request.user, ADD):
        raise PermissionDenied
    form = PreviewForm(request.GET or None, user=request.user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            counts = preview(**form.cleaned_data, at=clock.now())
        except UnableToList as refused:
            form.add_error(None, str(refused))
        else:
            given = {name: request.GET.get(name, "") for name in MATTERS}
            context |= {
                **_figures(counts),
                "add_url": f"{reverse('admin:products_offercampaign_add')}?{urlencode(given)}",
            }
    return page(request, "admin/products/reach.html", context)


class CampaignForm(AddingForm):
    """A campaign as it is proposed."""

    class Meta:
        model = OfferCampaign
        fields = ASKED


def _stop(request: HttpRequest, row: OfferCampaign, given: dict[str, Any]) -> str:
    stop_campaign(campaign=row, by=user_of(request), at=clock.now())
    return _("Stopped. Nothing more is sent.")


def _is_sending(user: Any, row: OfferCampaign) -> bool:
    run = run_of(row)
    return run is not None and run.ended_at is None


STOP = Act(
    key="stop",
    title=gettext_lazy("Stop sending"),
    note=gettext_lazy("What was sent stays sent. It cannot go on afterwards."),
    button=gettext_lazy("Stop now"),
    right=CHANGE,
    run=_stop,
    shown=_is_sending,
    refusals=(UnableToList,),
    kind="stop",
)


@admin.register(OfferCampaign)
class OfferCampaignAdmin(MadeAndChecked, AddsAdmin):
    """Campaigns of offers, newest first."""

    section = "products"
    icon = "mail"
    order = 78
    form = CampaignForm
    refusals = (UnableToList,)
    acts = (STOP,)
    change_form_template = "admin/products/campaign.html"
    list_display = ["name", "product", "unit", "last_day", "made_at", "decision"]
    list_filter = ["decision"]
    list_select_related = ["product__item", "unit"]
    readonly_fields = ["proposed_by", "made_at", "decision", "checked", "checked_at"]
    readonly_fields += ["rejection_reason", "state"]
    add_label = gettext_lazy("Propose a campaign of offers")

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(preview_view)
        return [path("preview/", view, name="products_campaign_preview"), *super().own_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ASKED if obj is None else [*ASKED, *self.readonly_fields]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "unit" in form.base_fields:  # not on the page of one that stands
            form.base_fields["unit"].queryset = _units(request.user)
            form.base_fields["product"].queryset = _products()
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            run = run_of(row)
            counts = Counts.of_json(run.counts if run and run.begun_at else row.preview)
            context |= _figures(counts) if counts else {}
            context |= _went(results_of(run)) if run and run.begun_at else {}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=pgettext_lazy("campaign", "sending"))
    def state(self, row: OfferCampaign) -> str:
        run = run_of(row)
        if run is None:
            return "–"
        if run.ended_at is None:
            return pgettext("campaign", "under way")
        return f"{run.get_end_display()} · {formats.moment(run.ended_at)}"

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        given = {name: form.cleaned_data[name] for name in ASKED}
        return propose_campaign(maker=user_of(request), at=clock.now(), **given)


def _units(user: Any) -> Any:
    """Open units whose customers this person may have offers sent to."""
    return scope.visible(OrgUnit.objects.open(clock.today()), user).order_by("code")


def _products() -> Any:
    rows = Product.objects.for_sale(clock.today()).openly().select_related("item")
    return rows.order_by("item__code")


def _figures(counts: Counts) -> dict[str, Any]:
    """Who is reached and who is not, for table and bars."""
    return {
        "counts": counts,
        "against": [_bar(words, number) for words, number in counts.lines],
    }


def _went(results: Results) -> dict[str, Any]:
    bars = [
        (pgettext("campaign", "sent"), results.sent),
        (pgettext("campaign", "opened"), results.opened.part),
        (_ordered_within(results.days), results.acted.part),
        (pgettext("campaign", "held back"), results.held_back),
        (pgettext("campaign", "waiting"), results.waiting),
    ]
    return {"results": results, "went": [_bar(words, number) for words, number in bars]}


def _ordered_within(days: int) -> str:
    said = npgettext("campaign", "ordered within {n} day", "ordered within {n} days", days)
    return said.format(n=formats.number(days))


def _bar(words: str, number: int) -> Point:
    return Point(words, Decimal(number), formats.number(number))
