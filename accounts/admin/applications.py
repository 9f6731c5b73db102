"""The review desk: scoped lists, one page per application, each button one use case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.admin.acts import ACTS, CALLS, DECIDES, REVIEWS
from accounts.admin.medians import medians_view
from accounts.counter import desk, on_paper, permission, presence, video
from accounts.counter.access import HELP
from accounts.entries import came_by
from accounts.models import Application
from accounts.review.dated import routing_terms
from accounts.review.declared import read_declarations
from accounts.review.looking import file_of, look_at
from accounts.review.page import panel
from accounts.review.photos import photo_for
from accounts.standing.home import ASKS
from accounts.standing.page import standing
from accounts.states import WITH_US, Status
from accounts.use_cases import UnableToFollowUp, take_next
from accounts.use_cases.follow_up import number_to_call
from brokerage.backoffice.admin import ActsAdmin
from brokerage.backoffice.frame import page
from brokerage.backoffice.lists.customers import WHO_HELP, WHOSE, by_name
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles

COUNTER = (
    ("counter/", desk.choose, "counters"),
    ("counter/<slug:outlet>/", desk.counter, "counter"),
    ("permission/<uuid:ref>/", permission.permission, "permission"),
    ("case/<uuid:ref>/", desk.case, "case"),
    ("case/<uuid:ref>/video/", video.video, "case_video"),
    ("case/<uuid:ref>/video/<uuid:chapter>/", video.chapter, "case_chapter"),
    ("case/<uuid:ref>/person/", presence.first, "case_person"),
    ("case/<uuid:ref>/second/", presence.second, "case_second"),
    ("case/<uuid:ref>/paper/", on_paper.first, "case_paper"),
    ("case/<uuid:ref>/paper/print/", on_paper.printed, "case_paper_print"),
    ("case/<uuid:ref>/paper/page/<int:number>/", on_paper.picture, "case_paper_page"),
    ("case/<uuid:ref>/paper/second/", on_paper.second, "case_paper_second"),
    ("case/<uuid:ref>/<slug:step>/", desk.step, "case_step"),
)
"""The pages of the counter hang here: address, view, name."""
LOOKED_AT = (*WITH_US, Status.RETURNED)


@admin.register(Application)
class ApplicationAdmin(ActsAdmin):
    """Applications of the officer's outlets; drafts are not shown to staff."""

    section = "business"
    icon = "card"
    order = 10
    search_by = (*WHOSE, by_name("applicant_name_hash"))
    search_help = WHO_HELP
    revealed = ("applicant_name",)
    list_display = ["__str__", "status", "outlet", "risk", "promised_at", "claimed_by"]
    list_filter = ["status", "risk", "paper", "age_group", "outlet"]
    list_select_related = ["outlet", "claimed_by"]
    change_list_template = "accounts/review/applications.html"
    change_form_template = "accounts/review/desk.html"
    acts = ACTS
    fields = [
        "status",
        "applicant_name",
        "paper",
        "age_group",
        "outlet",
        "came_by",
        "assessed_as",
        "submitted_at",
        "promised_at",
        "paused",
        "risk",
        "route",
        "route_rule",
        "claimed_by",
        "recommendation",
        "recommended_by",
        "refusal",
        "final",
        "returned_note",
        "decided_by",
        "decided_at",
    ]

    readonly_fields = ["assessed_as", "came_by"]

    @admin.display(description=gettext_lazy("came by"))
    def came_by(self, row: Application) -> str:
        return came_by(row.entry_ref, row.origin_ref) if row.entry_ref and row.origin_ref else ""

    @admin.display(description=gettext_lazy("Investor class"))
    def assessed_as(self, row: Application) -> str:
        return str(row.assessment.get_investor_class_display()) if row.assessment else ""

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        base = "accounts_application"
        take = wrap(require_POST(self.take_view))
        return [
            path("<uuid:ref>/photo/<uuid:file>/", wrap(self.photo_view), name=f"{base}_photo"),
            path("<uuid:ref>/number/", wrap(self.number_view), name=f"{base}_number"),
            path("<uuid:ref>/declared/", wrap(self.declared_view), name=f"{base}_declared"),
            path("medians/", wrap(medians_view), name=f"{base}_medians"),
            path("take/", take, name=f"{base}_take"),
            *[path(at, wrap(view), name=f"{base}_{name}") for at, view, name in COUNTER],
            *super().own_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = extra_context or {}
        if roles.may(request.user, REVIEWS):
            context["take_url"] = reverse(self.url_name("take"))
        if roles.may(request.user, HELP):
            context["counter_url"] = reverse(self.url_name("counters"))
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def take_view(self, request: HttpRequest) -> HttpResponse:
        """Claim the most urgent application and open it."""
        if not roles.may(request.user, REVIEWS):
            raise PermissionDenied
        row = take_next(officer=user_of(request), at=clock.now())
        if row is None:
            self.message_user(request, _("Nothing waits for you now."))
            return redirect(self.url_name("changelist"))
        return redirect(self.object_url(row))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and self.may_look(request):
            context["desk"] = self.desk(row)
        if row is not None and row.status == Status.VISIT and roles.may(request.user, CALLS):
            context["number_url"] = reverse(self.url_name("number"), args=[row.ref])
        if row is not None and roles.may(request.user, REVIEWS, DECIDES, ASKS):
            context["standing"] = standing(row, clock.now())
        return super().render_change_form(request, context, *args, **kwargs)

    def may_look(self, request: HttpRequest) -> bool:
        """Whether this person reviews or decides; all others see where it stands."""
        return roles.may(request.user, REVIEWS, DECIDES)

    def desk(self, row: Application) -> dict[str, Any] | None:
        """Differences, answers, photos and risks while somebody decides; None before and after."""
        if row.status not in LOOKED_AT:
            return None
        at = clock.now()
        on = clock.business_date(at)
        return panel(row, look_at(row, on=on, terms=routing_terms(on)), at=at)

    def number_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """The number for the follow-up call; the look is journalled first."""
        row = self._row(request, ref)
        if not roles.may(request.user, CALLS):
            raise PermissionDenied
        try:
            number = number_to_call(application=row, caller=user_of(request), at=clock.now())
        except UnableToFollowUp as refusal:
            self.message_user(request, str(refusal), "error")
            return redirect(self.object_url(row))
        context = {"row": row, "number": number, "back": self.object_url(row)}
        return page(request, "accounts/review/number.html", context)

    def declared_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """What the customer declares, also in own words; the look is journalled first."""
        row = self._row(request, ref)
        if not self.may_look(request):
            raise PermissionDenied
        lines = read_declarations(application=row, reader=user_of(request), at=clock.now())
        context = {"row": row, "lines": lines, "back": self.object_url(row)}
        return page(request, "accounts/review/declared.html", context)

    def photo_view(self, request: HttpRequest, ref: UUID, file: UUID) -> HttpResponse:
        """A photo of the document with the reader's name across it; the look is journalled."""
        row = self._row(request, ref)
        if not self.may_look(request):
            raise PermissionDenied
        if not file_of(row, file):
            raise Http404
        return photo_for(row, file, reader=user_of(request), at=clock.now())
