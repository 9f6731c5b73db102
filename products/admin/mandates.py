"""The pipeline of mandates with its acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActsAdmin
from brokerage.backoffice.admin.cells import EMPTY
from brokerage.backoffice.people import name_of, with_name
from brokerage.core.money import YUAN
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.admin.referrals import NoteForm, Officers, WinForm, by_whom
from products.admin.winnings import waits, winning_link
from products.mandate_states import Stage
from products.models import Mandate
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
        self.fields["lead"].queryset = staff_in(Role.HEAD_OFFICE)  # type: ignore[attr-defined]  # a model choice field


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
