"""Referrals and projects: whose turn it is, what was found, and who is credited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from branches.selectors import units_of
from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.money import YUAN
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.admin.winnings import waits, winning_link
from products.models import Product, Referral
from products.selectors.desks import has_left, officers_on
from products.states import MODES, NEXT_STEP, Mode, ReferralStatus
from products.use_cases.mandating import open_mandate
from products.use_cases.referring import (
    give_up,
    hand_referral_on,
    qualify,
    register_referral,
    report_back,
    tailor,
)
from products.use_cases.refusals import UnableToList
from products.use_cases.winning import win

ASKED = ("outlet", "need", "customer", "enterprise", "credit_code", "facts")


class ReferralForm(AddingForm):
    """A customer, or an enterprise with its credit code, and what it needs."""

    call = forms.CharField(label=gettext_lazy("whom to call"), max_length=120, required=False)

    class Meta:
        model = Referral
        fields = ASKED
        widgets = {"facts": forms.Textarea(attrs={"rows": 3})}


class NoteForm(ActForm):
    """What the next person and the outlet have to know."""

    note = forms.CharField(
        label=gettext_lazy("Report"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Outlet, branch company and desk read it."),
    )


class Officers(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """People by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name or obj.email)


class QualifyForm(NoteForm):
    """Who of the desk goes on with it."""

    officer = Officers(label=gettext_lazy("Who goes on with it"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers_on(clock.today())  # type: ignore[attr-defined]  # a model choice field


class HandOnForm(QualifyForm):
    """Who takes the next step instead, and why."""


class Products(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Products of the pipeline by name."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("product"),
            queryset=Product.objects.none(),
            required=False,
            empty_label=gettext_lazy("None: it is made for this client"),
        )


class MandateForm(NoteForm):
    """Which product is mandated, if it is one of the shelf."""

    product = Products()
    field_order = ("product", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families = [family for family, mode in MODES.items() if mode == Mode.PIPELINE]
        rows = Product.objects.filter(family__in=families).select_related("item")
        self.fields["product"].queryset = rows.order_by("item__code")  # type: ignore[attr-defined]  # a model choice field


class WinForm(NoteForm):
    """What it earned."""

    revenue = forms.DecimalField(label=gettext_lazy("net revenue in yuan"), min_value=0, **YUAN)


def by_whom(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments that every step of a referral or a mandate takes: words, who and when."""
    return {"note": given["note"], "by": user_of(request), "at": clock.now()}


def _qualify(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    qualify(referral=row, desk_officer=given["officer"], **by_whom(request, given))
    return gettext("Handed to the desk.")


def _tailor(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    tailor(referral=row, **by_whom(request, given))
    return gettext("Kept. Now report back to the outlet.")


def _report(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    report_back(referral=row, **by_whom(request, given))
    return gettext("The outlet has it among its tasks.")


def _mandate(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    open_mandate(referral=row, product=given["product"], **by_whom(request, given))
    return gettext("It goes on as a mandate, which you lead.")


def _win(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    win(referral=row, revenue=given["revenue"], **by_whom(request, given))
    return gettext("Said. It is closed and credited once a second person agrees.")


def _give_up(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    give_up(referral=row, **by_whom(request, given))
    return gettext("Closed. The outlet reads why.")


def _hand_on(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    hand_referral_on(referral=row, officer=given["officer"], **by_whom(request, given))
    return gettext("Handed on.")


def _may_hand_on(user: Any, row: Referral) -> bool:
    """The person whose turn it is, or a colleague once that person has left."""
    if row.ended_at is not None or row.status == ReferralStatus.MANDATED:
        return False
    return row.next_by_ref == user.ref or has_left(row.next_by_ref, clock.today())


def _of_its_company(user: Any, row: Referral) -> bool:
    """Whether this person manages the branch company itself, and did not register it."""
    mine = units_of(user, clock.today(), roles=[Role.BRANCH_MANAGER])
    return user.ref != row.made_by_ref and mine.filter(pk=row.company_id).exists()


def _may_end(user: Any, row: Referral) -> bool:
    """The person whose turn it is; not what became a mandate, and not what waits as won."""
    mine = row.next_by_ref == user.ref and row.status != ReferralStatus.MANDATED
    return mine and not waits(row)


def _may_close(user: Any, row: Referral) -> bool:
    """The person whose turn it is, once the outlet knows the proposal."""
    return row.status == ReferralStatus.REPORTED and _may_end(user, row)


def _act(key: str, title: Any, right: str, run: Any, status: ReferralStatus, form: Any) -> Act:
    return Act(
        key=key,
        title=title,
        button=gettext_lazy("Hand it on"),
        right=right,
        run=run,
        shown=lambda user, row: row.status == status and row.next_by_ref == user.ref,
        form=form,
        refusals=(UnableToList,),
    )


FOLLOW = "products.follow_referral"


@admin.register(Referral)
class ReferralAdmin(AddsAdmin):
    """What outlets bring, newest first."""

    section = "products"
    icon = "route"
    order = 71
    form = ReferralForm
    refusals = (UnableToList,)
    list_display = ["made_at", "what", "need", "outlet", "status", "next_due"]
    list_filter = ["status", "need"]
    list_select_related = ["customer", "outlet"]
    revealed = ("contact",)
    readonly_fields = ["what", "contact", "desk", "company", "status", "next_step", "turn"]
    readonly_fields += ["next_due", "note", "registered_by", "made_at", "qualified", "winning"]
    readonly_fields += ["ended_at"]
    add_label = gettext_lazy("Register a referral")
    acts = (
        Act(
            key="qualify",
            title=gettext_lazy("It is worth a proposal"),
            button=gettext_lazy("Hand to the desk"),
            right="products.change_referral",
            run=_qualify,
            shown=lambda user, row: (
                row.status == ReferralStatus.REGISTERED and _of_its_company(user, row)
            ),
            form=QualifyForm,
            refusals=(UnableToList,),
        ),
        _act(
            "tailor",
            gettext_lazy("The proposal is ready"),
            FOLLOW,
            _tailor,
            ReferralStatus.QUALIFIED,
            NoteForm,
        ),
        _act(
            "report",
            gettext_lazy("Report back to the outlet"),
            FOLLOW,
            _report,
            ReferralStatus.TAILORED,
            NoteForm,
        ),
        Act(
            key="mandate",
            title=gettext_lazy("The client wants it: open a mandate"),
            button=gettext_lazy("Open the mandate"),
            right="products.follow_mandate",
            run=_mandate,
            shown=_may_close,
            form=MandateForm,
            refusals=(UnableToList,),
        ),
        Act(
            key="win",
            title=gettext_lazy("It was won"),
            button=gettext_lazy("Have it confirmed"),
            right=FOLLOW,
            run=_win,
            shown=_may_close,
            form=WinForm,
            refusals=(UnableToList,),
        ),
        Act(
            key="give-up",
            title=gettext_lazy("It is not pursued"),
            button=gettext_lazy("End it"),
            right=FOLLOW,
            run=_give_up,
            shown=_may_end,
            form=NoteForm,
            refusals=(UnableToList,),
            kind="stop",
        ),
        Act(
            key="decline",
            title=gettext_lazy("It is not pursued"),
            button=gettext_lazy("End it"),
            right="products.change_referral",
            run=_give_up,
            shown=_may_end,
            form=NoteForm,
            refusals=(UnableToList,),
            kind="stop",
        ),
        *(
            Act(
                key=key,
                title=gettext_lazy("Somebody else goes on with it"),
                button=gettext_lazy("Hand it on"),
                right=right,
                run=_hand_on,
                shown=_may_hand_on,
                form=HandOnForm,
                refusals=(UnableToList,),
                kind="2",
            )
            for key, right in (("hand-on", FOLLOW), ("pass-on", "products.change_referral"))
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*ASKED[:5], "call", "facts"]
        return ["what", "need", "credit_code", "facts", "outlet", *self.readonly_fields[1:]]

    @admin.display(description=gettext_lazy("customer or enterprise"))
    def what(self, row: Referral) -> str:
        return str(row) if row.pk else ""

    @admin.display(description=gettext_lazy("next step"))
    def next_step(self, row: Referral) -> str:
        step = NEXT_STEP.get(ReferralStatus(row.status))
        return str(step) if step and row.pk else ""

    @admin.display(description=pgettext_lazy("referral", "whose turn it is"))
    def turn(self, row: Referral) -> str:
        return name_of(row.next_by_ref)

    @admin.display(description=gettext_lazy("registered by"))
    def registered_by(self, row: Referral) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    @admin.display(description=gettext_lazy("qualified by"))
    def qualified(self, row: Referral) -> str:
        return name_of(row.qualified_by_ref)

    @admin.display(description=gettext_lazy("confirmed as won"))
    def winning(self, row: Referral) -> str:
        return winning_link(row) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        given = {name: form.cleaned_data[name] for name in ASKED}
        given["contact"] = form.cleaned_data["call"]
        return register_referral(by=user_of(request), at=clock.now(), **given)
