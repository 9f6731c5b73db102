"""The review desk: scoped lists, one page per application, each button one use case."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import Application
from accounts.states import SECTIONS, FollowUpQuestion, Lack, Refusal, Status, Step, Verdict
from accounts.terms import YesNo
from accounts.use_cases import (
    UnableToDecide,
    UnableToFollowUp,
    UnableToReview,
    approve_application,
    claim_review,
    propose_verdict,
    record_call,
    refuse_proposal,
    reject_application,
    return_application,
)
from brokerage.backoffice.admin import ReadOnlyAdmin, by_ref
from brokerage.core import clock, roles


class ProposalForm(forms.Form):
    """What the reviewing officer proposes."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Proposal"), choices=Verdict, widget=forms.RadioSelect
    )
    refusal = forms.ChoiceField(
        label=gettext_lazy("Reason told to the customer"),
        choices=[("", "–"), *Refusal.choices],
        required=False,
        help_text=gettext_lazy("Needed when you propose not to accept."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Note for the journal"), max_length=300, required=False
    )

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        rejects = given.get("verdict") == Verdict.REJECT
        if "verdict" in given and rejects != bool(given.get("refusal")):
            self.add_error("refusal", _("Give a reason exactly when you propose not to accept."))
        return given


class ReturnForm(forms.Form):
    """What the customer has to do again."""

    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Steps to do again"),
        choices=[(step.value, step.label) for step in (*SECTIONS, Step.ASSESSMENT)],
        widget=forms.CheckboxSelectMultiple,
    )
    lack = forms.ChoiceField(label=gettext_lazy("Reason"), choices=Lack.choices)
    note = forms.CharField(
        label=gettext_lazy("What the customer should change"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    staff_note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The customer never sees it."),
    )


class RefuseForm(forms.Form):
    """Why the second person does not agree."""

    reason = forms.CharField(label=gettext_lazy("Why you do not agree"), max_length=300)


class CallForm(forms.Form):
    """The script of a follow-up call: one line for each question, read aloud as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in FollowUpQuestion:
            self.fields[question.value] = forms.ChoiceField(
                label=question.label, choices=YesNo.choices, widget=forms.RadioSelect
            )


class NotFilledIn(Exception):
    """A form of the page is incomplete; it is shown again as it was typed."""

    def __init__(self, name: str, form: forms.Form) -> None:
        self.shown = {name: form}
        super().__init__(name)


Act = Callable[["ApplicationAdmin", HttpRequest, Application], str]


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """Applications of the officer's outlets; drafts are not shown to staff."""

    section = "business"
    icon = "card"
    order = 10
    search_by = (by_ref,)
    revealed = ("applicant_name",)
    list_display = ["__str__", "status", "outlet", "promised_at", "claimed_by", "recommended_by"]
    list_filter = ["status", "outlet"]
    list_select_related = ["outlet", "claimed_by", "recommended_by"]
    change_form_template = "accounts/admin_application.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "status",
                    "applicant_name",
                    "outlet",
                    "assessment",
                    "submitted_at",
                    "promised_at",
                    "claimed_by",
                    "recommendation",
                    "recommended_by",
                    "refusal",
                    "returned_note",
                    "decided_by",
                    "decided_at",
                ]
            },
        )
    ]

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        act = path(
            "<uuid:ref>/act/<slug:act>/",
            wrap(require_POST(self.act_view)),
            name="accounts_application_act",
        )
        return [act, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context = {**self.buttons(request, row), **context}
        return super().render_change_form(request, context, *args, **kwargs)

    def buttons(self, request: HttpRequest, row: Application) -> dict[str, Any]:
        """What this officer may do with this application now."""
        user: Any = request.user
        reviews = roles.may(user, "accounts.review_application")
        mine = row.status == Status.REVIEWING and row.claimed_by_id == user.pk
        proposed = row.status == Status.REVIEWING and bool(row.recommendation)
        decides = (
            proposed
            and row.recommended_by_id != user.pk
            and roles.may(user, "accounts.decide_application")
        )
        return {
            "may_claim": reviews and row.status == Status.SUBMITTED,
            "proposal_form": ProposalForm() if reviews and mine else None,
            "return_form": ReturnForm() if reviews and mine else None,
            "may_decide": decides,
            "refuse_form": RefuseForm() if decides else None,
            "call_form": CallForm()
            if row.status == Status.VISIT and roles.may(user, "accounts.call_follow_up")
            else None,
            "waits_for_second": proposed and row.recommended_by_id == user.pk,
        }

    def act_view(self, request: HttpRequest, ref: UUID, act: str) -> HttpResponse:
        """Do one of ACTS with a visible application, and say how it went."""
        row = self._row(request, ref)
        if act not in self.ACTS:
            raise PermissionDenied
        permission, do = self.ACTS[act]
        if not roles.may(request.user, permission):
            raise PermissionDenied
        try:
            said = do(self, request, row)
        except NotFilledIn as unfinished:
            return self._shown_again(request, row, unfinished)
        except (UnableToReview, UnableToDecide, UnableToFollowUp) as refusal:
            self.message_user(request, str(refusal), "error")
        else:
            self.message_user(request, said)
        return redirect(self.object_url(row))

    def _shown_again(
        self, request: HttpRequest, row: Application, unfinished: NotFilledIn
    ) -> HttpResponse:
        """The page of the application with the form as it was typed and what is wrong in it."""
        shown = copy(request)
        shown.method = "GET"  # Django's page would take a POST for its own form
        return self.change_view(shown, str(row.ref), extra_context=unfinished.shown)

    def claim(self, request: HttpRequest, row: Application) -> str:
        claim_review(application=row, officer=_officer(request), at=clock.now())
        return _("The review is yours.")

    def propose(self, request: HttpRequest, row: Application) -> str:
        form = ProposalForm(request.POST)
        if not form.is_valid():
            raise NotFilledIn("proposal_form", form)
        given = form.cleaned_data
        propose_verdict(
            application=row,
            officer=_officer(request),
            verdict=Verdict(given["verdict"]),
            refusal=Refusal(given["refusal"]) if given["refusal"] else None,
            reason=given["reason"],
            at=clock.now(),
        )
        return _("Your proposal waits for a second person.")

    def give_back(self, request: HttpRequest, row: Application) -> str:
        form = ReturnForm(request.POST)
        if not form.is_valid():
            raise NotFilledIn("return_form", form)
        return_application(
            application=row,
            officer=_officer(request),
            steps=[Step(step) for step in form.cleaned_data["steps"]],
            note=form.cleaned_data["note"],
            lack=Lack(form.cleaned_data["lack"]),
            staff_note=form.cleaned_data["staff_note"],
            at=clock.now(),
        )
        return _("The customer is asked to do these steps again.")

    def refuse(self, request: HttpRequest, row: Application) -> str:
        form = RefuseForm(request.POST)
        if not form.is_valid():
            raise NotFilledIn("refuse_form", form)
        refuse_proposal(
            application=row,
            officer=_officer(request),
            reason=form.cleaned_data["reason"],
            at=clock.now(),
        )
        return _("The proposal goes back to the reviewer.")

    def approve(self, request: HttpRequest, row: Application) -> str:
        approve_application(application=row, officer=_officer(request), at=clock.now())
        return _("The application is approved.")

    def reject(self, request: HttpRequest, row: Application) -> str:
        reject_application(application=row, officer=_officer(request), at=clock.now())
        return _("The application is not accepted.")

    def call(self, request: HttpRequest, row: Application) -> str:
        form = CallForm(request.POST)
        if not form.is_valid():
            raise NotFilledIn("call_form", form)
        called = record_call(
            application=row, answers=form.cleaned_data, caller=_officer(request), at=clock.now()
        )
        if called.status == Status.ACTIVE:
            return _("The account is active.")
        return _("Kept. With a “no” the account stays closed until it is cleared up.")

    ACTS: ClassVar[dict[str, tuple[str, Act]]] = {
        "call": ("accounts.call_follow_up", call),
        "claim": ("accounts.review_application", claim),
        "propose": ("accounts.review_application", propose),
        "return": ("accounts.review_application", give_back),
        "approve": ("accounts.decide_application", approve),
        "reject": ("accounts.decide_application", reject),
        "refuse": ("accounts.decide_application", refuse),
    }


def _officer(request: HttpRequest) -> Any:
    return request.user
