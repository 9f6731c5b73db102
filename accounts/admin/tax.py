"""Later tax declarations: what differs, and two people where something had to be explained."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.acts import DECIDES, REVIEWS
from accounts.models import TaxDeclaration
from accounts.review.declared import read_tax_change, tax_change_in_words
from accounts.tax_changes.states import WITH_US, DeclarationStatus
from accounts.use_cases.decide_declaration import (
    UnableToAgree,
    confirm_declaration,
    propose_declaration,
    return_declaration,
)
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles


class WhyForm(ActForm):
    """Why the customer declares again."""

    note = forms.CharField(
        label=gettext_lazy("What the customer should change"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _propose(request: HttpRequest, row: TaxDeclaration, values: dict[str, Any]) -> str:
    propose_declaration(declaration=row, officer=user_of(request), at=clock.now())
    return _("A second person decides now.")


def _confirm(request: HttpRequest, row: TaxDeclaration, values: dict[str, Any]) -> str:
    confirm_declaration(declaration=row, officer=user_of(request), at=clock.now())
    return _("The declaration counts from now on.")


def _return(request: HttpRequest, row: TaxDeclaration, values: dict[str, Any]) -> str:
    officer, note = user_of(request), values["note"]
    return_declaration(declaration=row, officer=officer, note=note, at=clock.now())
    return _("The customer is asked to declare it again.")


@admin.register(TaxDeclaration)
class TaxDeclarationAdmin(ActsAdmin):
    """Customers whose tax residence changed: those to be looked at, and all that counted."""

    section = "business"
    icon = "doc"
    order = 16
    list_display = ["__str__", "status", "explained", "late", "signed_at", "counts_from"]
    list_filter = ["status", "explained", "late"]
    list_select_related = ["application"]
    change_form_template = "accounts/review/tax_change.html"
    fields = ["application", "status", "changed_on", "signed_at", "explained", "late"]
    fields += ["counts_from", "counts_to", "note", "proposed_by", "decided_by", "decided_at"]
    fields += ["sealed_at", "seal_problem"]
    acts = (
        Act(
            key="propose",
            title=gettext_lazy("Agree to the declaration"),
            button=gettext_lazy("The explanation fits"),
            right=REVIEWS,
            run=_propose,
            shown=lambda user, row: row.status == DeclarationStatus.SIGNED,
            refusals=(UnableToAgree,),
        ),
        Act(
            key="confirm",
            title=gettext_lazy("Confirm the declaration"),
            button=gettext_lazy("Confirm it"),
            right=DECIDES,
            run=_confirm,
            shown=lambda user, row: (
                row.status == DeclarationStatus.PROPOSED and row.proposed_by_id != user.pk
            ),
            refusals=(UnableToAgree,),
            note=gettext_lazy("The one before ends at once; both are kept."),
        ),
        Act(
            key="return",
            title=gettext_lazy("Let the customer declare again"),
            button=gettext_lazy("Return it"),
            right=REVIEWS,
            form=WhyForm,
            run=_return,
            shown=lambda user, row: row.status in WITH_US,
            refusals=(UnableToAgree,),
            kind="2",
        ),
    )

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = path(
            "<uuid:ref>/declared/",
            wrap(self.declared_view),
            name="accounts_taxdeclaration_declared",
        )
        return [own, *super().own_urls()]

    def declared_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Both declarations, also in own words; the look is journalled first."""
        row = get_object_or_404(self.get_queryset(request).signed(), ref=ref)
        if not self._looks(request):
            raise PermissionDenied
        lines = read_tax_change(declaration=row, reader=user_of(request), at=clock.now())
        context = {"row": row, "lines": lines, "back": self.object_url(row)}
        return page(request, "accounts/review/tax_change_read.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.signed_at and self._looks(request):
            context["before"], context["now"] = tax_change_in_words(row)
            url = "admin:accounts_taxdeclaration_declared"
            context["read_url"] = reverse(url, args=[row.ref])
        return super().render_change_form(request, context, *args, **kwargs)

    def _looks(self, request: HttpRequest) -> bool:
        return roles.may(request.user, REVIEWS, DECIDES)
