"""What happens to an application; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ApplicationEvent(Event):
    """Base: `subject` is the ref of the application.

    Attributes:
        customer: ref of the applicant.
        version: version of the application after the change.
        status: where it stands after the change; replaying events gives the present one.
    """

    subject_type: ClassVar[str] = "accounts.application"
    customer: UUID
    version: int
    status: str


@dataclass(frozen=True, kw_only=True)
class ApplicationStarted(ApplicationEvent):
    """A draft was made.

    Attributes:
        origin: ref of the institution whose link was used.
    """

    kind: ClassVar[str] = "accounts.application_started"
    origin: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class AnswersCarriedOver(ApplicationEvent):
    """A new application began with the answers of an earlier one.

    Attributes:
        before: ref of the earlier one.
        steps: whose answers were taken.
    """

    kind: ClassVar[str] = "accounts.answers_carried_over"
    before: UUID
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FaceRefused(ApplicationEvent):
    """The customer took the agreement to the use of the face back while it was still needed."""

    kind: ClassVar[str] = "accounts.face_refused"


@dataclass(frozen=True, kw_only=True)
class StepSaved(ApplicationEvent):
    """One step was answered; the values stay with the application.

    Attributes:
        step: which.
        section: where the answers stand after the change.
        source: where they came from.
        fields: names of the fields that changed, never their values.
    """

    kind: ClassVar[str] = "accounts.step_saved"
    step: str
    section: str = ""
    source: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepVisited(ApplicationEvent):
    """The customer came to an outlet for a step.

    Attributes:
        step: which.
        visit: ref of the visit.
        done: whether it is done now.
    """

    kind: ClassVar[str] = "accounts.step_visited"
    step: str
    visit: UUID
    done: bool


@dataclass(frozen=True, kw_only=True)
class OriginRemoved(ApplicationEvent):
    """The customer cut the tie to whoever gave out the link they used."""

    kind: ClassVar[str] = "accounts.origin_removed"


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(ApplicationEvent):
    """The customer sent it for the first time.

    Attributes:
        outlet: ref of the outlet that looks after the customer from now on.
    """

    kind: ClassVar[str] = "accounts.application_submitted"
    outlet: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ApplicationResubmitted(ApplicationEvent):
    """The customer sent it again with what was asked for.

    Attributes:
        outlet: ref of the outlet that looks after the customer from now on.
    """

    kind: ClassVar[str] = "accounts.application_resubmitted"
    outlet: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewClaimed(ApplicationEvent):
    """An officer took it for review."""

    kind: ClassVar[str] = "accounts.review_claimed"


@dataclass(frozen=True, kw_only=True)
class ReviewReleased(ApplicationEvent):
    """It waits for an officer again: the one who took it did not come to it."""

    kind: ClassVar[str] = "accounts.review_released"


@dataclass(frozen=True, kw_only=True)
class ReviewRouted(ApplicationEvent):
    """A dated rule said how many people look at it.

    Attributes:
        risk: the class.
        route: how many people look.
        risks: what needs eyes.
    """

    kind: ClassVar[str] = "accounts.review_routed"
    risk: str
    route: str
    risks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReviewReopened(ApplicationEvent):
    """An approval was taken back because nothing could be opened; it is reviewed again."""

    kind: ClassVar[str] = "accounts.review_reopened"


@dataclass(frozen=True, kw_only=True)
class ReviewPaused(ApplicationEvent):
    """The promise stands still.

    Attributes:
        why: a PauseReason.
    """

    kind: ClassVar[str] = "accounts.review_paused"
    why: str


@dataclass(frozen=True, kw_only=True)
class ReviewResumed(ApplicationEvent):
    """The promise goes on, with a new time."""

    kind: ClassVar[str] = "accounts.review_resumed"


@dataclass(frozen=True, kw_only=True)
class SecondLookTaken(Event):
    """Somebody looked again without knowing the outcome; `subject` is the second look.

    Attributes:
        agrees: whether both came to the same verdict.
    """

    kind: ClassVar[str] = "accounts.second_look_taken"
    subject_type: ClassVar[str] = "accounts.blindreview"
    agrees: bool


@dataclass(frozen=True, kw_only=True)
class VerdictProposed(ApplicationEvent):
    """The reviewing officer proposed a verdict; a second person decides."""

    kind: ClassVar[str] = "accounts.verdict_proposed"
    verdict: str


@dataclass(frozen=True, kw_only=True)
class ProposalRefused(ApplicationEvent):
    """The second person does not agree; the reviewing officer goes on."""

    kind: ClassVar[str] = "accounts.proposal_refused"
    verdict: str


@dataclass(frozen=True, kw_only=True)
class ApplicationReturned(ApplicationEvent):
    """The customer is asked to do some steps again."""

    kind: ClassVar[str] = "accounts.application_returned"
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ApplicationApproved(ApplicationEvent):
    """A second officer agreed to open."""

    kind: ClassVar[str] = "accounts.application_approved"


@dataclass(frozen=True, kw_only=True)
class ApplicationRejected(ApplicationEvent):
    """A second officer agreed not to open.

    Attributes:
        refusal: why.
        final: whether the customer cannot apply online again.
    """

    kind: ClassVar[str] = "accounts.application_rejected"
    refusal: str
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class ApplicationWithdrawn(ApplicationEvent):
    """The customer took it back."""

    kind: ClassVar[str] = "accounts.application_withdrawn"


@dataclass(frozen=True, kw_only=True)
class ApplicationExpired(ApplicationEvent):
    """It lay untouched too long."""

    kind: ClassVar[str] = "accounts.application_expired"


@dataclass(frozen=True, kw_only=True)
class OpeningBegan(ApplicationEvent):
    """The accounts were asked for at the depository and the bank."""

    kind: ClassVar[str] = "accounts.opening_began"


@dataclass(frozen=True, kw_only=True)
class AccountsOpened(ApplicationEvent):
    """The depository opened the accounts; the follow-up comes next.

    Attributes:
        markets: those that were opened.
        refused: those that were not.
    """

    kind: ClassVar[str] = "accounts.accounts_opened"
    markets: tuple[str, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FollowUpAnswered(ApplicationEvent):
    """The follow-up was answered, by the customer or in a call.

    Attributes:
        passed: whether every answer was yes.
        by_call: whether central staff called.
    """

    kind: ClassVar[str] = "accounts.follow_up_answered"
    passed: bool
    by_call: bool


@dataclass(frozen=True, kw_only=True)
class FollowUpTried(ApplicationEvent):
    """Central staff called, and nobody took the call.

    Attributes:
        tries: how often so far.
    """

    kind: ClassVar[str] = "accounts.follow_up_tried"
    tries: int


@dataclass(frozen=True, kw_only=True)
class FollowUpEscalated(ApplicationEvent):
    """The date of the follow-up passed; whoever answers for central visits takes it over.

    Attributes:
        tries: calls so far that nobody took.
    """

    kind: ClassVar[str] = "accounts.follow_up_escalated"
    tries: int


@dataclass(frozen=True, kw_only=True)
class FollowUpDated(ApplicationEvent):
    """An escalated follow-up got a new date.

    Attributes:
        due_at: ISO instant until which it is to be settled.
    """

    kind: ClassVar[str] = "accounts.follow_up_dated"
    due_at: str


@dataclass(frozen=True, kw_only=True)
class AccountActivated(ApplicationEvent):
    """The account may be used."""

    kind: ClassVar[str] = "accounts.account_activated"
