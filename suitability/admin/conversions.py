"""What an outlet writes down of a conversion: explained, accepted, and the way back by notice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import Act, ActForm
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.files.chapters import UnableToRecord
from brokerage.journal.actors import Actor
from suitability.admin.recording_acts import RECORD, counter_of, record_act
from suitability.models import InvestorStatus, StatusRequest
from suitability.rules.classes import MAY_STEP_BACK
from suitability.states import RecordingAbout
from suitability.use_cases.asking_status import UnableToAsk, accept_risk, explain_protections
from suitability.use_cases.ending_status import UnableToStepBack, give_up_status

REFUSALS = (UnableToAsk, UnableToStepBack, UnableToRecord)


class AcceptForm(ActForm):
    """The customer accepts what the text of this page says."""

    text = forms.CharField(widget=forms.HiddenInput)
    read = forms.BooleanField(
        label=gettext_lazy("The customer has read the whole text and accepts the risk")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].initial = self.row.text


def _explain(request: HttpRequest, row: StatusRequest, values: dict[str, Any]) -> str:
    explain_protections(
        request=row,
        counter=counter_of(request, row.customer),
        actor=Actor.of(user_of(request)),
        at=clock.now(),
    )
    return _("Given out. Hand over the text and record it.")


def _accept(request: HttpRequest, row: StatusRequest, values: dict[str, Any]) -> str:
    accept_risk(request=row, text=values["text"], actor=Actor.of(user_of(request)), at=clock.now())
    return _("Written down. The customer goes on with the proofs on their own.")


def _may_explain(user: Any, row: StatusRequest) -> bool:
    told_here = row.is_at_outlet and row.explained_at
    return row.is_conversion and row.is_open_to_customer and not told_here


def _may_accept(user: Any, row: StatusRequest) -> bool:
    told_here = row.is_at_outlet and row.explained_at
    return bool(row.is_open_to_customer and told_here and not row.accepted_at)


COUNTER_ACTS = (
    Act(
        key="explain",
        title=gettext_lazy("Explain here at the outlet what is given up"),
        button=gettext_lazy("Give it out"),
        right=RECORD,
        run=_explain,
        shown=_may_explain,
        refusals=REFUSALS,
        note=gettext_lazy(
            "It is recorded, and the application goes on only with a recording that passed its "
            "check. On their own phone the customer needs none."
        ),
    ),
    record_act(RecordingAbout.CONVERSION, lambda row: row),
    Act(
        key="accept",
        title=gettext_lazy("The customer accepts the risk"),
        button=gettext_lazy("Write it down"),
        right=RECORD,
        form=AcceptForm,
        run=_accept,
        shown=_may_accept,
        refusals=REFUSALS,
    ),
)
"""What an opening officer does who explains a conversion; the proofs are the customer's own."""


class NoticeForm(ActForm):
    """The customer's notice, given there and then."""

    noticed = forms.BooleanField(
        label=gettext_lazy("The customer is here and has given notice; nobody urged or refused it")
    )


def _step_back(request: HttpRequest, row: InvestorStatus, values: dict[str, Any]) -> str:
    give_up_status(
        customer=row.customer,
        counter=counter_of(request, row.customer),
        actor=Actor.of(user_of(request)),
        at=clock.now(),
    )
    return _("An ordinary investor from today on.")


def _may_step_back(user: Any, row: InvestorStatus) -> bool:
    counts = row.ended_on is None and row.since <= clock.today() < row.until
    return counts and row.professional in MAY_STEP_BACK


STEP_BACK_ACTS = (
    record_act(RecordingAbout.STEP_BACK, lambda row: row.request),
    Act(
        key="step_back",
        title=gettext_lazy("Back to ordinary investor, by notice here at the outlet"),
        button=gettext_lazy("Write down the notice"),
        right=RECORD,
        form=NoticeForm,
        run=_step_back,
        shown=_may_step_back,
        refusals=REFUSALS,
        note=gettext_lazy(
            "With a recording that passed its check. On their own phone the customer gives "
            "notice at any time without one."
        ),
    ),
)
"""And takes the notice of who wants to be an ordinary investor again."""
