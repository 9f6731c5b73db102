"""Customers who insist: the steps as they happened, and what staff of an outlet write down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.actors import Actor
from suitability.admin.recording_acts import home_outlet, record_act, recording_link, words_in
from suitability.models import InsistCase, MatchRecord, Outcome
from suitability.states import INSIST_TRANSITIONS, InsistStatus, RecordingAbout
from suitability.use_cases.insisting import (
    UnableToInsist,
    acknowledge_warning,
    ask_to_insist,
    confirm_insisting,
    show_warning,
    withdraw_insisting,
)
from suitability.use_cases.matching import UnableToMatch, decide_match

RIGHT = "suitability.add_insistcase"
REFUSALS = (UnableToInsist, UnableToMatch, UnableToRecord)


class WishForm(ActForm):
    """The wish in the customer's own words."""

    wish = forms.CharField(
        label=gettext_lazy("How the customer came to it, in their words"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    own = forms.BooleanField(
        label=gettext_lazy("Nobody of ours recommended or offered it; the customer asked for it")
    )


class WarningForm(ActForm):
    """The customer acknowledges the warning that this page shows."""

    warning = forms.CharField(widget=forms.HiddenInput)
    read = forms.BooleanField(
        label=gettext_lazy("The customer has read the whole warning and acknowledged it")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warning"].initial = self.row.warning


class ConfirmForm(ActForm):
    """The second confirmation, by the customer there and then."""

    again = forms.BooleanField(
        label=gettext_lazy("The customer is here and has just confirmed the wish once more")
    )


def _begin(request: HttpRequest, row: MatchRecord, values: dict[str, Any]) -> str:
    staff, at = user_of(request), clock.now()
    case = ask_to_insist(
        decision=row,
        wish=values["wish"],
        language=row.language,
        actor=Actor.of(staff),
        at=at,
        place=home_outlet(row.customer),
        served_by=staff,
    )
    show_warning(case=case, actor=Actor.of(staff), at=at)
    return _("The wish is noted. Open the insist case and give the customer the warning.")


def _again(request: HttpRequest, row: MatchRecord, values: dict[str, Any]) -> str:
    made = decide_match(
        customer=row.customer,
        item=row.item,
        language=row.language,
        actor=Actor.of(user_of(request)),
        at=clock.now(),
    )
    return _("Checked anew: {outcome}. The new decision stands on top of the list.").format(
        outcome=made.get_outcome_display()
    )


def _may_begin(user: Any, row: MatchRecord) -> bool:
    today = row.decided_on == clock.today()
    return today and row.outcome == Outcome.INSIST and not hasattr(row, "insist")


def _is_old(user: Any, row: MatchRecord) -> bool:
    return row.decided_on != clock.today()


DECISION_ACTS = (
    Act(
        key="insist",
        title=gettext_lazy("The customer insists, here at the outlet"),
        button=gettext_lazy("Note the wish"),
        right=RIGHT,
        form=WishForm,
        run=_begin,
        shown=_may_begin,
        refusals=REFUSALS,
        note=gettext_lazy(
            "Never invite to it. The written warning, a double recording and a pause follow, and "
            "somebody else checks the recording before anything is confirmed."
        ),
    ),
    Act(
        key="again",
        title=gettext_lazy("Check anew"),
        button=gettext_lazy("Check anew"),
        right=RIGHT,
        run=_again,
        shown=_is_old,
        refusals=REFUSALS,
        kind="2",
        note=gettext_lazy("A decision counts on its own day only."),
    ),
)
"""What staff of an outlet may do with a decision."""


def _acknowledge(request: HttpRequest, row: InsistCase, values: dict[str, Any]) -> str:
    acknowledge_warning(
        case=row,
        warning=values["warning"],
        actor=Actor.of(user_of(request)),
        at=clock.now(),
    )
    return _("Acknowledged. The pause begins now.")


def _confirm(request: HttpRequest, row: InsistCase, values: dict[str, Any]) -> str:
    confirm_insisting(case=row, actor=Actor.of(user_of(request)), at=clock.now())
    return _("Confirmed, for today only. This is no order.")


def _withdraw(request: HttpRequest, row: InsistCase, values: dict[str, Any]) -> str:
    withdraw_insisting(case=row, actor=Actor.of(user_of(request)), at=clock.now())
    return _("The customer has given it up.")


def _is_at_outlet(row: InsistCase, *states: InsistStatus) -> bool:
    return row.is_at_outlet and row.status in states


@admin.register(InsistCase)
class InsistCaseAdmin(ActsAdmin):
    """Customers who insist: each step with its instant. What they wrote stays theirs."""

    section = "control"
    icon = "alert"
    list_display = ["asked_at", "who", "item", "channel", "status"]
    list_filter = ["status", "channel"]
    list_select_related = ["customer", "record__item"]
    fields = ["who", "item", "status", "channel", "place", "served_by", "words", "recording"]
    fields += ["warning", "rule_version", "language"]
    fields += ["asked_at", "warned_at", "acknowledged_at", "confirmed_at", "withdrawn_at"]
    acts = (
        Act(
            key="acknowledge",
            title=gettext_lazy("The customer acknowledges the warning"),
            button=gettext_lazy("Write it down"),
            right=RIGHT,
            form=WarningForm,
            run=_acknowledge,
            shown=lambda user, row: _is_at_outlet(row, InsistStatus.WARNED),
            refusals=REFUSALS,
            note=gettext_lazy("Hand over the warning as it stands below, on paper or on screen."),
        ),
        record_act(RecordingAbout.INSIST, lambda row: row.record),
        Act(
            key="confirm",
            title=gettext_lazy("Second confirmation"),
            button=gettext_lazy("Confirm it"),
            right=RIGHT,
            form=ConfirmForm,
            run=_confirm,
            shown=lambda user, row: _is_at_outlet(row, InsistStatus.ACKNOWLEDGED),
            refusals=REFUSALS,
            note=gettext_lazy("Only after the pause, and with a recording that passed its check."),
        ),
        Act(
            key="withdraw",
            title=gettext_lazy("The customer gives it up"),
            button=gettext_lazy("Give it up"),
            right=RIGHT,
            run=_withdraw,
            shown=lambda user, row: (
                row.is_at_outlet and InsistStatus.WITHDRAWN in INSIST_TRANSITIONS.after(row.status)
            ),
            refusals=REFUSALS,
            kind="2",
        ),
    )

    def title_of(self, row: InsistCase) -> str:
        return f"{row.customer.shown} · {row.record.item}"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: InsistCase) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("item"))
    def item(self, row: InsistCase) -> str:
        return str(row.record.item)

    @admin.display(description=pgettext_lazy("insist case", "text of the warning"))
    def words(self, row: InsistCase) -> SafeString:
        """In the customer's language, as it is handed over."""
        return words_in(row.warning, row.language)

    @admin.display(description=gettext_lazy("double recording"))
    def recording(self, row: InsistCase) -> SafeString | str:
        return recording_link(row.record, RecordingAbout.INSIST)
