"""What may be done with an application at the desk; each act is one use case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.admin.forms import (
    CallForm,
    NewDateForm,
    PauseForm,
    ProposalForm,
    RefuseForm,
    ReopenForm,
    ReturnForm,
    WatchedForm,
)
from accounts.models import Application
from accounts.review.films import has_watched, kept_files
from accounts.review.states import PauseReason, Route
from accounts.standing.home import ASKS
from accounts.standing.selectors import is_stuck, to_ask_again
from accounts.states import Refusal, Status, Verdict
from accounts.use_cases import (
    UnableToDecide,
    UnableToFollowUp,
    UnableToReview,
    approve_application,
    claim_review,
    give_back,
    pause_review,
    propose_verdict,
    record_call,
    refuse_proposal,
    reject_application,
    resume_review,
    return_application,
)
from accounts.use_cases.escalate_follow_up import LEADS, set_new_date
from accounts.use_cases.follow_up import note_no_answer
from accounts.use_cases.unstick import UnableToAsk, ask_again, reopen_review
from accounts.use_cases.watch_recording import UnableToWatch, watch_recording
from brokerage.backoffice.admin import Act
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.journal.actors import Actor

REVIEWS = "accounts.review_application"
DECIDES = "accounts.decide_application"
CALLS = "accounts.call_follow_up"
Values = dict[str, Any]


def _claim(request: HttpRequest, row: Application, values: Values) -> str:
    claim_review(application=row, officer=user_of(request), at=clock.now())
    return _("The review is yours.")


def _propose(request: HttpRequest, row: Application, values: Values) -> str:
    propose_verdict(
        application=row,
        officer=user_of(request),
        verdict=Verdict(values["verdict"]),
        refusal=Refusal(values["refusal"]) if values["refusal"] else None,
        final=values["final"],
        reason=values["reason"],
        at=clock.now(),
    )
    return _("Your proposal waits for a second person.")


def _watched(request: HttpRequest, row: Application, values: Values) -> str:
    watch_recording(application=row, officer=user_of(request), at=clock.now())
    return _("The journal notes that you watched the video.")


def _return(request: HttpRequest, row: Application, values: Values) -> str:
    return_application(
        application=row,
        officer=user_of(request),
        steps=list(values["lacks"]),
        lacks=values["lacks"],
        note=values["note"],
        staff_note=values["staff_note"],
        chapters=values["chapters"],
        at=clock.now(),
    )
    return _("The customer is asked to do these steps again.")


def _refuse(request: HttpRequest, row: Application, values: Values) -> str:
    refuse_proposal(
        application=row, officer=user_of(request), reason=values["reason"], at=clock.now()
    )
    return _("The proposal goes back to the reviewer.")


def _approve(request: HttpRequest, row: Application, values: Values) -> str:
    approve_application(application=row, officer=user_of(request), at=clock.now())
    return _("The application is approved.")


def _reject(request: HttpRequest, row: Application, values: Values) -> str:
    reject_application(application=row, officer=user_of(request), at=clock.now())
    return _("The application is not accepted.")


def _call(request: HttpRequest, row: Application, values: Values) -> str:
    called = record_call(application=row, answers=values, caller=user_of(request), at=clock.now())
    if called.status == Status.ACTIVE:
        return _("The account is active.")
    return _("Kept. With a “no” the account stays closed until it is cleared up.")


def _not_reached(request: HttpRequest, row: Application, values: Values) -> str:
    note_no_answer(application=row, caller=user_of(request), at=clock.now())
    return _("Noted. Call again at another time of the day.")


def _new_date(request: HttpRequest, row: Application, values: Values) -> str:
    set_new_date(application=row, lead=user_of(request), reason=values["reason"], at=clock.now())
    return _("The new date is set, and the customer is told.")


def _is_escalated(user: Any, row: Application) -> bool:
    return row.status == Status.VISIT and row.follow_up.escalated_at is not None


def _give_back(request: HttpRequest, row: Application, values: Values) -> str:
    give_back(application=row, officer=user_of(request), at=clock.now())
    return _("Somebody else can take it now.")


def _pause(request: HttpRequest, row: Application, values: Values) -> str:
    reason = PauseReason(values["reason"])
    pause_review(application=row, officer=user_of(request), reason=reason, at=clock.now())
    return _("The promise is on hold. The customer sees why.")


def _resume(request: HttpRequest, row: Application, values: Values) -> str:
    resume_review(application=row, officer=user_of(request), at=clock.now())
    return _("The promise goes on. The customer sees the new time.")


def _waits(user: Any, row: Application) -> bool:
    return row.status == Status.SUBMITTED and row.applicant_id != user.pk


def _is_mine(user: Any, row: Application) -> bool:
    return row.status == Status.REVIEWING and row.claimed_by_id == user.pk


def _is_running(user: Any, row: Application) -> bool:
    return _is_mine(user, row) and not row.paused


def _may_alone(user: Any, row: Application) -> bool:
    return _is_running(user, row) and row.route == Route.ONE and not row.recommendation


def _may_give_back(user: Any, row: Application) -> bool:
    return _is_running(user, row) and not row.recommendation


def _second(verdict: Verdict | None = None) -> Any:
    """Whether this person may decide on a proposal (of this verdict) of somebody else."""

    def shown(user: Any, row: Application) -> bool:
        proposed = row.status == Status.REVIEWING and bool(row.recommendation)
        fits = verdict is None or row.recommendation == verdict
        return proposed and fits and row.recommended_by_id != user.pk

    return shown


def _may_watch(user: Any, row: Application) -> bool:
    """Whether this person reviews or would decide, and has not watched the video that counts."""
    decides = row.recommendation == Verdict.APPROVE and row.recommended_by_id != user.pk
    concerned = row.status == Status.REVIEWING and (row.claimed_by_id == user.pk or decides)
    return concerned and bool(kept_files(row)) and not has_watched(row, user)


def _ask_again(request: HttpRequest, row: Application, values: Values) -> str:
    number = ask_again(application=row, actor=Actor.of(user_of(request)), at=clock.now())
    return ngettext(
        "{number} question is asked again.", "{number} questions are asked again.", number
    ).format(number=number)


def _reopen(request: HttpRequest, row: Application, values: Values) -> str:
    reopen_review(
        application=row, officer=user_of(request), reason=values["reason"], at=clock.now()
    )
    return _("The review is yours again. Ask the customer, or propose not to accept.")


REFUSALS = (UnableToReview, UnableToDecide, UnableToFollowUp)
ACTS = (
    Act(
        key="claim",
        title=gettext_lazy("Waits for a review"),
        button=gettext_lazy("Take it for review"),
        right=REVIEWS,
        run=_claim,
        shown=_waits,
        refusals=REFUSALS,
    ),
    Act(
        key="resume",
        title=gettext_lazy("On hold"),
        button=gettext_lazy("Let it go on"),
        right=REVIEWS,
        run=_resume,
        shown=lambda user, row: _is_mine(user, row) and bool(row.paused),
        refusals=REFUSALS,
    ),
    Act(
        key="watched",
        title=gettext_lazy("Have you watched the video?"),
        button=gettext_lazy("I have watched it"),
        right=REVIEWS,
        form=WatchedForm,
        run=_watched,
        shown=_may_watch,
        refusals=(UnableToWatch,),
        note=gettext_lazy(
            "Nobody agrees to open an account without it. If anything is wrong, send the chapter "
            "back or do not accept."
        ),
    ),
    Act(
        key="alone",
        title=gettext_lazy("One reviewer is enough"),
        button=gettext_lazy("Approve"),
        right=DECIDES,
        run=_approve,
        shown=_may_alone,
        refusals=REFUSALS,
        note=gettext_lazy("The rule leaves this approval to you. A refusal always takes two."),
    ),
    Act(
        key="approve",
        title=gettext_lazy("Agree with the proposal"),
        button=gettext_lazy("Agree and approve"),
        right=DECIDES,
        run=_approve,
        shown=_second(Verdict.APPROVE),
        refusals=REFUSALS,
    ),
    Act(
        key="reject",
        title=gettext_lazy("Agree with the proposal"),
        button=gettext_lazy("Agree not to accept"),
        right=DECIDES,
        run=_reject,
        shown=_second(Verdict.REJECT),
        refusals=REFUSALS,
        kind="stop",
    ),
    Act(
        key="refuse",
        title=gettext_lazy("Disagree"),
        button=gettext_lazy("Back to the reviewer"),
        right=DECIDES,
        form=RefuseForm,
        run=_refuse,
        shown=_second(),
        refusals=REFUSALS,
        kind="2",
    ),
    Act(
        key="propose",
        title=gettext_lazy("Propose a verdict"),
        button=gettext_lazy("Propose"),
        right=REVIEWS,
        form=ProposalForm,
        run=_propose,
        shown=_is_running,
        refusals=REFUSALS,
    ),
    Act(
        key="return",
        title=gettext_lazy("Ask the customer"),
        button=gettext_lazy("Send it back"),
        right=REVIEWS,
        form=ReturnForm,
        run=_return,
        shown=_is_running,
        refusals=REFUSALS,
        kind="2",
        note=gettext_lazy("Only the steps that you name are opened again; all others stay valid."),
    ),
    Act(
        key="pause",
        title=gettext_lazy("Put the promise on hold"),
        button=gettext_lazy("Put it on hold"),
        right=REVIEWS,
        form=PauseForm,
        run=_pause,
        shown=_is_running,
        refusals=REFUSALS,
        kind="2",
    ),
    Act(
        key="release",
        title=gettext_lazy("Leave it to somebody else"),
        button=gettext_lazy("Give it back"),
        right=REVIEWS,
        run=_give_back,
        shown=_may_give_back,
        refusals=REFUSALS,
        kind="2",
    ),
    Act(
        key="ask_again",
        title=pgettext_lazy("counterparty", "Nobody answered"),
        button=gettext_lazy("Ask again"),
        right=ASKS,
        run=_ask_again,
        shown=lambda user, row: bool(to_ask_again(row)),
        refusals=(UnableToAsk,),
        note=gettext_lazy("Settle with the counterparty first what was in the way."),
    ),
    Act(
        key="reopen",
        title=gettext_lazy("It cannot go on like this"),
        button=gettext_lazy("Take it back into review"),
        right=REVIEWS,
        form=ReopenForm,
        run=_reopen,
        shown=lambda user, row: row.applicant_id != user.pk and is_stuck(row),
        refusals=REFUSALS,
        kind="2",
        note=gettext_lazy(
            "The approval is taken back, and nothing that was prepared is lost. Send back the "
            "step that the customer can mend, or propose not to accept."
        ),
    ),
    Act(
        key="new_date",
        title=gettext_lazy("The date of the follow-up has passed"),
        button=gettext_lazy("Set a new date"),
        right=LEADS,
        form=NewDateForm,
        run=_new_date,
        shown=_is_escalated,
        refusals=REFUSALS,
        note=gettext_lazy(
            "See to it that somebody calls who took no part. The customer reads the new date; the "
            "account stays closed until every question is answered."
        ),
    ),
    Act(
        key="not_reached",
        title=gettext_lazy("Nobody took the call"),
        button=gettext_lazy("Note the call"),
        right=CALLS,
        run=_not_reached,
        shown=lambda user, row: row.status == Status.VISIT,
        refusals=REFUSALS,
        kind="2",
    ),
    Act(
        key="call",
        title=gettext_lazy("Follow-up call"),
        button=gettext_lazy("Keep the answers"),
        right=CALLS,
        form=CallForm,
        run=_call,
        shown=lambda user, row: row.status == Status.VISIT,
        refusals=REFUSALS,
        note=gettext_lazy(
            "Read each question aloud as it stands. Offer nothing, explain no product. "
            "A single “no” keeps the account closed."
        ),
    ),
)
