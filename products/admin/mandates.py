"""Mandates with their acts, their papers, and who is behind the wall."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActsAdmin
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.admin.cells import EMPTY
from brokerage.backoffice.people import name_of, user_of, with_name
from brokerage.core import clock
from brokerage.core.money import YUAN
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.admin.referrals import NoteForm, Officers, WinForm, by_whom
from products.admin.winnings import waits, winning_link
from products.mandate_states import PaperKind, Stage
from products.models import Crossing, Mandate, MandatePaper
from products.use_cases.crossing_walls import ask_to_cross, end_crossing
from products.use_cases.filing_papers import add_paper
from products.use_cases.mandating import (
    hand_mandate_on,
    lose_mandate,
    move_mandate,
    plan_mandate,
)
from products.use_cases.refusals import UnableToList
from products.use_cases.winning import complete_mandate

FOLLOW = "products.follow_mandate"


class StepForm(NoteForm):
    """What the others who know of the mandate have to know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = gettext("Only who may see the mandate reads it.")


class PlanForm(StepForm):
    """What is done next, how likely, for how much, and why."""

    next_step = forms.CharField(
        label=gettext_lazy("next step"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Empty for what the stage asks for."),
    )
    percent = forms.IntegerField(
        label=gettext_lazy("how likely, in percent"), min_value=0, max_value=100
    )
    expected = forms.DecimalField(
        label=gettext_lazy("net revenue expected, in yuan"), min_value=0, **YUAN
    )
    field_order = ("next_step", "percent", "expected", "note")

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        kept = {name: getattr(row, name) for name in ("next_step", "percent", "expected")}
        super().__init__(*args, row=row, initial=kept, **kwargs)


class HandOnForm(StepForm):
    """Who leads it from now on."""

    lead = Officers(label=gettext_lazy("Who leads the mandate"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = staff_in(Role.HEAD_OFFICE)  # type: ignore[attr-defined]


class CrossingForm(AddingForm):
    """Whom to let in, and what for."""

    person = Officers(label=gettext_lazy("Who is let in"), queryset=User.objects.none())

    class Meta:
        model = Crossing
        fields = ("mandate", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = staff_in(Role.HEAD_OFFICE, Role.BRANCH_MANAGER)
        self.fields["person"].queryset = inside  # type: ignore[attr-defined]  # a choice field
        _only_under_way(self)


class PaperForm(AddingForm):
    """A PDF with what it is."""

    upload = forms.FileField(label=gettext_lazy("file (PDF)"))

    class Meta:
        model = MandatePaper
        fields = ("mandate", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_under_way(self)


def _only_under_way(form: AddingForm) -> None:
    """Offer the mandates under way; on the page of one that stands there is no such field."""
    if "mandate" in form.fields:
        mandates: Any = form.fields["mandate"]
        mandates.queryset = mandates.queryset.under_way().select_related("referral__customer")


def staff_in(*roles: Role) -> QuerySet[User]:
    """Active staff in one of these roles today."""
    groups = [str(role) for role in roles]
    people = User.objects.filter(groups__name__in=groups, is_active=True, is_staff=True)
    return people.distinct().order_by("pk")


def _move_to(to: Stage) -> Any:
    def run(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
        move_mandate(mandate=row, to=to, **by_whom(request, given))
        return gettext("Now: {stage}").format(stage=to.label)

    return run


def _plan(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    figures = {name: given[name] for name in ("next_step", "percent", "expected")}
    plan_mandate(mandate=row, **figures, **by_whom(request, given))
    return gettext("Kept.")


def _hand_on(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    hand_mandate_on(mandate=row, lead=given["lead"], **by_whom(request, given))
    return gettext("Handed on.")


def _complete(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    complete_mandate(mandate=row, revenue=given["revenue"], **by_whom(request, given))
    return gettext("Said. It is closed and credited once a second person agrees.")


def _lose(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    lose_mandate(mandate=row, **by_whom(request, given))
    return gettext("Closed. The outlet reads why.")


def _leave(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    end_crossing(crossing=row, by=user_of(request), at=clock.now())
    return gettext("Outside the wall from now on.")


def _step(to: Stage, title: Any, button: Any, *, at: Stage, kind: str = "") -> Act:
    return Act(
        key=to.value,
        title=title,
        button=button,
        right=FOLLOW,
        run=_move_to(to),
        shown=lambda user, row: row.status == at,
        form=StepForm,
        refusals=(UnableToList,),
        kind=kind,
    )


def _while_open(key: str, title: Any, button: Any, run: Any, form: Any, kind: str = "2") -> Act:
    return Act(
        key=key,
        title=title,
        button=button,
        right=FOLLOW,
        run=run,
        shown=lambda user, row: row.ended_at is None,
        form=form,
        refusals=(UnableToList,),
        kind=kind,
    )


STEPS = (
    _step(
        Stage.DILIGENCE,
        gettext_lazy("The due diligence begins"),
        gettext_lazy("Begin it"),
        at=Stage.OPENED,
    ),
    _step(
        Stage.DRAFTING,
        gettext_lazy("The due diligence is done"),
        gettext_lazy("Draft the contract"),
        at=Stage.DILIGENCE,
    ),
    _step(
        Stage.REVIEW,
        gettext_lazy("The draft is ready"),
        gettext_lazy("Hand it to the review"),
        at=Stage.DRAFTING,
    ),
    Act(
        key=Stage.CLEARED.value,
        title=gettext_lazy("Nothing stands against it"),
        button=gettext_lazy("Clear it for signing"),
        right="products.review_mandate",
        run=_move_to(Stage.CLEARED),
        shown=lambda user, row: row.status == Stage.REVIEW and user.ref != row.lead_ref,
        form=StepForm,
        refusals=(UnableToList,),
    ),
    Act(
        key="back",
        title=gettext_lazy("The draft has to be changed"),
        button=gettext_lazy("Send it back"),
        right="products.review_mandate",
        run=_move_to(Stage.DRAFTING),
        shown=lambda user, row: row.status == Stage.REVIEW and user.ref != row.lead_ref,
        form=StepForm,
        refusals=(UnableToList,),
        kind="2",
    ),
    _step(
        Stage.SIGNED,
        gettext_lazy("The contract is signed"),
        gettext_lazy("Carry it out"),
        at=Stage.CLEARED,
    ),
    Act(
        key="complete",
        title=gettext_lazy("It was carried out"),
        button=gettext_lazy("Have it confirmed"),
        right=FOLLOW,
        run=_complete,
        shown=lambda user, row: row.status == Stage.SIGNED and not waits(row.referral),
        form=WinForm,
        refusals=(UnableToList,),
    ),
    _while_open(
        "plan", gettext_lazy("What is done next"), gettext_lazy("Save the plan"), _plan, PlanForm
    ),
    _while_open(
        "hand-on",
        gettext_lazy("Somebody else leads it"),
        gettext_lazy("Hand it on"),
        _hand_on,
        HandOnForm,
    ),
    _while_open(
        "lose",
        gettext_lazy("It is not concluded"),
        gettext_lazy("End it"),
        _lose,
        NoteForm,
        kind="stop",
    ),
)


@admin.register(Mandate)
class MandateAdmin(ActsAdmin):
    """The pipeline, newest first."""

    section = "products"
    icon = "route"
    order = 74
    list_display = ["opened_at", "referral", "desk", "company", "status", "due_at", "percent"]
    list_display += ["expected"]
    list_filter = ["status", "desk"]
    list_select_related = ["referral__customer", "company"]
    fields = ["referral", "desk", "company", "customer", "product", "status", "what_next"]
    fields += ["due_at", "lead", "percent", "expected", "note", "papers", "team"]
    fields += ["opened_at", "reviewed_by", "decision", "rule_version", "winning"]
    fields += ["ended_at"]
    acts = STEPS

    @admin.display(description=gettext_lazy("next step"))
    def what_next(self, row: Mandate) -> str:
        return row.what_next

    @admin.display(description=pgettext_lazy("mandate", "lead"))
    def lead(self, row: Mandate) -> str:
        return name_of(row.lead_ref)

    @admin.display(description=pgettext_lazy("mandate", "reviewed by"))
    def reviewed_by(self, row: Mandate) -> str:
        return name_of(row.reviewed_by_ref)

    @admin.display(description=gettext_lazy("confirmed as won"))
    def winning(self, row: Mandate) -> str:
        return winning_link(row.referral)

    @admin.display(description=gettext_lazy("papers"))
    def papers(self, row: Mandate) -> str:
        return " · ".join(words for _ref, words in self.files_of(row)) or EMPTY

    def files_of(self, row: Mandate) -> list[tuple[UUID, str]]:
        kept = row.papers.select_related("file").order_by("added_at", "pk")
        return [(one.file.ref, str(one.get_kind_display())) for one in kept]

    @admin.display(description=gettext_lazy("behind the wall"))
    def team(self, row: Mandate) -> str:
        inside = with_name(row.crossings.approved().filter(left_at=None), "person_ref")
        return " · ".join(one.person_name or str(one.person_ref) for one in inside) or EMPTY


@admin.register(MandatePaper)
class MandatePaperAdmin(AddsAdmin):
    """Papers of mandates; none is changed."""

    section = "products"
    icon = "file"
    order = 75
    form = PaperForm
    refusals = (UnableToList,)
    list_display = ["mandate", "kind", "added_at"]
    list_filter = ["kind"]
    list_select_related = ["mandate__referral__customer"]
    readonly_fields = ["added_at", "who"]
    add_label = gettext_lazy("Add a paper")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["mandate", "kind"]
        return [*asked, "upload"] if obj is None else [*asked, *self.readonly_fields]

    @admin.display(description=gettext_lazy("added by"))
    def who(self, row: MandatePaper) -> str:
        return name_of(row.added_by_ref) if row.pk else ""

    def files_of(self, row: MandatePaper) -> list[tuple[UUID, str]]:
        return [(row.file.ref, str(row.get_kind_display()))]

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return add_paper(
            mandate=row.mandate,
            kind=PaperKind(row.kind),
            upload=form.cleaned_data["upload"],
            by=user_of(request),
            at=clock.now(),
        )


@admin.register(Crossing)
class CrossingAdmin(AddsAdmin):
    """Who was let behind which wall; compliance decides."""

    section = "products"
    icon = "key"
    order = 76
    form = CrossingForm
    refusals = (UnableToList,)
    list_display = ["made_at", "mandate", "who", "decision", "left_at"]
    list_filter = ["decision"]
    list_select_related = ["mandate__referral__customer"]
    readonly_fields = ["who", "asked_by", "made_at", "decision", "checked", "checked_at"]
    readonly_fields += ["rejection_reason", "left_at"]
    add_label = gettext_lazy("Let somebody in")
    acts = (
        Act(
            key="leave",
            title=gettext_lazy("Not needed any more"),
            button=gettext_lazy("Take out again"),
            right="products.add_crossing",
            run=_leave,
            shown=lambda user, row: row.is_approved and row.left_at is None,
            refusals=(UnableToList,),
            kind="stop",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "person_ref")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["mandate", "person", "reason"]
        return ["mandate", "reason", *self.readonly_fields]

    @admin.display(description=pgettext_lazy("crossing", "who is let in"))
    def who(self, row: Crossing) -> str:
        return getattr(row, "person_name", "") or (str(row.person_ref) if row.pk else "")

    @admin.display(description=gettext_lazy("made by"))
    def asked_by(self, row: Crossing) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    @admin.display(description=gettext_lazy("checked by"))
    def checked(self, row: Crossing) -> str:
        return name_of(row.checked_by_ref)

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return ask_to_cross(
            mandate=row.mandate,
            person=form.cleaned_data["person"],
            reason=row.reason,
            by=user_of(request),
            at=clock.now(),
        )
