"""What is told before a sale: the steps as they happened, and what an outlet writes down."""

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
from suitability.admin.recording_acts import (
    RECORD,
    counter_of,
    record_act,
    recording_link,
    words_in,
)
from suitability.models import Disclosure, MatchRecord, Outcome
from suitability.rules.matching import Duty
from suitability.states import (
    DISCLOSURE_TRANSITIONS,
    DisclosureStatus,
    InsistStatus,
    RecordingAbout,
)
from suitability.use_cases.disclosing import (
    UnableToDisclose,
    accept_points,
    acknowledge_five,
    begin_disclosure,
    confirm_disclosure,
    give_up_disclosure,
    show_points,
)
from suitability.use_cases.duties import duties_of

REFUSALS = (UnableToDisclose, UnableToRecord)
READ = gettext_lazy("The customer has read the whole text and acknowledged it")


class ReadForm(ActForm):
    """The customer acknowledges the text that this page shows."""

    text = forms.CharField(widget=forms.HiddenInput)
    read = forms.BooleanField(label=READ)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].initial = text_shown(self.row)


class ExtraForm(ActForm):
    """What the customer says of the money."""

    extra = forms.CharField(
        label=gettext_lazy("Where the money comes from and when it is needed, in their words"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StillForm(ActForm):
    """The last confirmation, by the customer there and then."""

    still = forms.BooleanField(
        label=gettext_lazy("The customer is here and has just said that they still want it")
    )


def text_shown(row: Disclosure) -> str:
    """Version of the text that is handed over in this state; empty where there is none."""
    if row.status == DisclosureStatus.SHOWN:
        return row.text
    return row.special_text if row.status == DisclosureStatus.WARNED else ""


def _given(request: HttpRequest) -> dict[str, Any]:
    return {"actor": Actor.of(user_of(request)), "at": clock.now()}


def _tell(request: HttpRequest, row: MatchRecord, values: dict[str, Any]) -> str:
    begin_disclosure(
        decision=row,
        language=row.language,
        counter=counter_of(request, row.customer),
        **_given(request),
    )
    return _("Given out. Open the disclosure and hand over the text.")


def _may_tell(user: Any, row: MatchRecord) -> bool:
    """Today, where something is owed, nothing was told, and no wish is open any more."""
    if row.decided_on != clock.today() or hasattr(row, "disclosure"):
        return False
    wish = getattr(row, "insist", None)
    wished = wish is not None and wish.status == InsistStatus.CONFIRMED
    return Duty.DISCLOSE in duties_of(row) and (row.outcome == Outcome.MATCH or wished)


TELL = Act(
    key="before",
    title=gettext_lazy("Tell the five things before a sale, here at the outlet"),
    button=gettext_lazy("Give them out"),
    right=RECORD,
    run=_tell,
    shown=_may_tell,
    refusals=REFUSALS,
    note=gettext_lazy(
        "They are read to the customer and recorded. Somebody else checks the recording before "
        "anything goes on. On their own phone the customer needs no recording."
    ),
)
"""On the page of a decision."""


def _five(request: HttpRequest, row: Disclosure, values: dict[str, Any]) -> str:
    acknowledge_five(row=row, text=values["text"], **_given(request))
    return _("The five things are acknowledged.")


def _money(request: HttpRequest, row: Disclosure, values: dict[str, Any]) -> str:
    show_points(row=row, extra=values["extra"], **_given(request))
    return _("Hand over the points of risk now.")


def _points(request: HttpRequest, row: Disclosure, values: dict[str, Any]) -> str:
    accept_points(row=row, text=values["text"], **_given(request))
    return _("Acknowledged. The time to think begins now.")


def _confirm(request: HttpRequest, row: Disclosure, values: dict[str, Any]) -> str:
    confirm_disclosure(row=row, **_given(request))
    return _("Everything is told. This is no order.")


def _give_up(request: HttpRequest, row: Disclosure, values: dict[str, Any]) -> str:
    give_up_disclosure(row=row, **_given(request))
    return _("The customer has given it up.")


def _here(*states: DisclosureStatus) -> Any:
    return lambda user, row: row.is_at_outlet and row.status in states


@admin.register(Disclosure)
class DisclosureAdmin(ActsAdmin):
    """What was told before a sale: each step with its instant. What they wrote stays theirs."""

    section = "control"
    icon = "doc"
    list_display = ["shown_at", "who", "item", "channel", "special", "status"]
    list_filter = ["status", "special", "channel"]
    list_select_related = ["customer", "record__item"]
    fields = ["who", "item", "status", "special", "channel", "place", "served_by", "words"]
    fields += ["recording", "text", "special_text", "rule_version"]
    fields += ["language", "shown_at", "read_at", "warned_at", "accepted_at", "done_at"]
    fields += ["given_up_at"]
    acts = (
        record_act(
            RecordingAbout.FIVE_ITEMS,
            lambda row: row.record,
            key="record_five",
            title=gettext_lazy("Record the five things"),
            note=gettext_lazy("Read the text below to the customer while it is recorded."),
        ),
        Act(
            key="five",
            title=gettext_lazy("The customer acknowledges the five things"),
            button=gettext_lazy("Write it down"),
            right=RECORD,
            form=ReadForm,
            run=_five,
            shown=_here(DisclosureStatus.SHOWN),
            refusals=REFUSALS,
            note=gettext_lazy("Only with a recording that passed its check."),
        ),
        Act(
            key="money",
            title=gettext_lazy("What the customer says of the money"),
            button=gettext_lazy("Go on to the risks"),
            right=RECORD,
            form=ExtraForm,
            run=_money,
            shown=_here(DisclosureStatus.READ),
            refusals=REFUSALS,
        ),
        Act(
            key="points",
            title=gettext_lazy("The customer acknowledges the points of risk"),
            button=gettext_lazy("Write it down"),
            right=RECORD,
            form=ReadForm,
            run=_points,
            shown=_here(DisclosureStatus.WARNED),
            refusals=REFUSALS,
        ),
        record_act(
            RecordingAbout.HIGH_RISK,
            lambda row: row.record,
            note=gettext_lazy(
                "For a high-risk sale at the outlet. Once begun, the sale needs a recording that "
                "passed its check."
            ),
        ),
        Act(
            key="confirm",
            title=gettext_lazy("Last confirmation"),
            button=gettext_lazy("Confirm it"),
            right=RECORD,
            form=StillForm,
            run=_confirm,
            shown=_here(DisclosureStatus.THINKING),
            refusals=REFUSALS,
            note=gettext_lazy("Only after the time to think, and with recordings that passed."),
        ),
        Act(
            key="give_up",
            title=gettext_lazy("The customer gives it up"),
            button=gettext_lazy("Give it up"),
            right=RECORD,
            run=_give_up,
            shown=lambda user, row: (
                row.is_at_outlet
                and DisclosureStatus.GIVEN_UP in DISCLOSURE_TRANSITIONS.after(row.status)
            ),
            refusals=REFUSALS,
            kind="2",
        ),
    )

    def title_of(self, row: Disclosure) -> str:
        return f"{row.customer.shown} · {row.record.item}"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: Disclosure) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("item"))
    def item(self, row: Disclosure) -> str:
        return str(row.record.item)

    @admin.display(description=pgettext_lazy("disclosure", "text to hand over"))
    def words(self, row: Disclosure) -> SafeString | str:
        """In the customer's language, while this state has one."""
        version = text_shown(row)
        return words_in(version, row.language) if version else "–"

    @admin.display(description=gettext_lazy("double recording"))
    def recording(self, row: Disclosure) -> SafeString | str:
        return recording_link(row.record, RecordingAbout.FIVE_ITEMS, RecordingAbout.HIGH_RISK)
