"""What happens to assessments, grades and decisions. The class is personal: no event tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class AssessmentEvent(Event):
    """Base: `subject` is the ref of the assessment.

    Attributes:
        customer: ref of the person assessed.
    """

    subject_type: ClassVar[str] = "suitability.assessment"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class AssessmentStarted(AssessmentEvent):
    """A customer opened a paper."""

    kind: ClassVar[str] = "suitability.assessment_started"


@dataclass(frozen=True, kw_only=True)
class AssessmentSubmitted(AssessmentEvent):
    """All answers are given and scored; the paper is closed.

    Attributes:
        language: in which the customer read it.
        content_hash: of the version shown.
    """

    kind: ClassVar[str] = "suitability.assessment_submitted"
    language: str
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class ClassConfirmed(AssessmentEvent):
    """The customer read the result and confirmed it."""

    kind: ClassVar[str] = "suitability.class_confirmed"


@dataclass(frozen=True, kw_only=True)
class ClassChanged(AssessmentEvent):
    """Another result counts from now on, and its class differs. Selling stays open.

    Neither class stands here; whoever may know them reads the assessments.

    Attributes:
        before: ref of the assessment that counted until now; empty where none did.
    """

    kind: ClassVar[str] = "suitability.class_changed"
    before: str


@dataclass(frozen=True, kw_only=True)
class JumpFlagged(Event):
    """A class rose shortly after a refusal; a supervisor has to look.

    Attributes:
        assessment: ref of the new result.
    """

    kind: ClassVar[str] = "suitability.jump_flagged"
    subject_type: ClassVar[str] = "suitability.jumpreview"
    assessment: UUID


@dataclass(frozen=True, kw_only=True)
class JumpDecided(Event):
    """A supervisor accepted a jump, or asked for a talk with the customer.

    Attributes:
        decision: `accepted` or `talk`.
    """

    kind: ClassVar[str] = "suitability.jump_decided"
    subject_type: ClassVar[str] = "suitability.jumpreview"
    decision: str


@dataclass(frozen=True, kw_only=True)
class ItemNamed(Event):
    """Something that can be graded was added; `subject` is the ref of the item."""

    kind: ClassVar[str] = "suitability.item_named"
    subject_type: ClassVar[str] = "suitability.gradeditem"


@dataclass(frozen=True, kw_only=True)
class GradeProposed(Event):
    """A grade waits for a second person; `subject` is the ref of the grade.

    Attributes:
        item: ref of what is graded.
    """

    kind: ClassVar[str] = "suitability.grade_proposed"
    subject_type: ClassVar[str] = "suitability.itemgrade"
    item: UUID


@dataclass(frozen=True, kw_only=True)
class GradeChanged(Event):
    """The grade of an item moves: higher apps ask for matching anew. Selling stays open.

    Attributes:
        item: ref of what is graded.
        grade_before: empty for the first grade.
        grade_after: R1 to R5.
        valid_from: first business date of the new grade.
    """

    kind: ClassVar[str] = "suitability.grade_changed"
    subject_type: ClassVar[str] = "suitability.itemgrade"
    item: UUID
    grade_before: str
    grade_after: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class MatchDecided(Event):
    """A matching decision was kept; what it says is personal and stands in the record alone.

    Attributes:
        customer: ref of the person.
        item: ref of what was asked for.
    """

    kind: ClassVar[str] = "suitability.match_decided"
    subject_type: ClassVar[str] = "suitability.matchrecord"
    customer: UUID
    item: UUID


@dataclass(frozen=True, kw_only=True)
class InsistEvent(Event):
    """Base: `subject` is the ref of the insist case.

    Attributes:
        customer: ref of the person.
        decision: ref of the matching decision.
    """

    subject_type: ClassVar[str] = "suitability.insistcase"
    customer: UUID
    decision: UUID


@dataclass(frozen=True, kw_only=True)
class InsistAsked(InsistEvent):
    """A customer asked, of their own accord, for what does not suit them."""

    kind: ClassVar[str] = "suitability.insist_asked"


@dataclass(frozen=True, kw_only=True)
class InsistWarned(InsistEvent):
    """The special written warning was given out.

    Attributes:
        warning: its version.
    """

    kind: ClassVar[str] = "suitability.insist_warned"
    warning: str


@dataclass(frozen=True, kw_only=True)
class InsistAcknowledged(InsistEvent):
    """The customer acknowledged the warning; the pause begins."""

    kind: ClassVar[str] = "suitability.insist_acknowledged"


@dataclass(frozen=True, kw_only=True)
class InsistConfirmed(InsistEvent):
    """The customer confirmed again after the pause; the sale may go ahead on that day."""

    kind: ClassVar[str] = "suitability.insist_confirmed"


@dataclass(frozen=True, kw_only=True)
class InsistWithdrawn(InsistEvent):
    """The customer gave it up."""

    kind: ClassVar[str] = "suitability.insist_withdrawn"


@dataclass(frozen=True, kw_only=True)
class PaperDrafted(Event):
    """Somebody began the next version of a paper; `subject` is the ref of the draft.

    Attributes:
        base: the version it begins from.
    """

    kind: ClassVar[str] = "suitability.paper_drafted"
    subject_type: ClassVar[str] = "suitability.paperdraft"
    base: str


@dataclass(frozen=True, kw_only=True)
class PaperChanged(Event):
    """A part of a draft was changed.

    Attributes:
        part: key of a question or declaration, or `terms`.
    """

    kind: ClassVar[str] = "suitability.paper_changed"
    subject_type: ClassVar[str] = "suitability.paperdraft"
    part: str


@dataclass(frozen=True, kw_only=True)
class PaperDropped(Event):
    """A draft was given up."""

    kind: ClassVar[str] = "suitability.paper_dropped"
    subject_type: ClassVar[str] = "suitability.paperdraft"


@dataclass(frozen=True, kw_only=True)
class PaperProposed(Event):
    """A version waits for a second compliance officer; `subject` is the ref of the version.

    Attributes:
        draft: ref of the draft it was written as.
        content_hash: of exactly what is proposed.
    """

    kind: ClassVar[str] = "suitability.paper_proposed"
    subject_type: ClassVar[str] = "suitability.questionnaire"
    draft: UUID
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class CoachingFlagged(Event):
    """Signs of coaching were found; for compliance only, so it names neither person nor paper."""

    kind: ClassVar[str] = "suitability.coaching_flagged"
    subject_type: ClassVar[str] = "suitability.coachingflag"


@dataclass(frozen=True, kw_only=True)
class CoachingDecided(Event):
    """Compliance looked at signs of coaching.

    Attributes:
        decision: `harmless` or `followed`.
    """

    kind: ClassVar[str] = "suitability.coaching_decided"
    subject_type: ClassVar[str] = "suitability.coachingflag"
    decision: str


@dataclass(frozen=True, kw_only=True)
class DisclosureEvent(Event):
    """Base: `subject` is the ref of the disclosure.

    Attributes:
        customer: ref of the customer.
        decision: ref of the matching decision that it was begun on.
        text: version of the text that the step is about; empty where it is about none.
    """

    subject_type: ClassVar[str] = "suitability.disclosure"
    customer: UUID
    decision: UUID
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class DisclosureShown(DisclosureEvent):
    """The five items were given out."""

    kind: ClassVar[str] = "suitability.disclosure_shown"


@dataclass(frozen=True, kw_only=True)
class DisclosureRead(DisclosureEvent):
    """The customer acknowledged the five items."""

    kind: ClassVar[str] = "suitability.disclosure_read"


@dataclass(frozen=True, kw_only=True)
class RiskPointsShown(DisclosureEvent):
    """The points of risk of a high-risk sale were given out."""

    kind: ClassVar[str] = "suitability.risk_points_shown"


@dataclass(frozen=True, kw_only=True)
class RiskPointsAccepted(DisclosureEvent):
    """The customer acknowledged the points of risk; the time to think begins."""

    kind: ClassVar[str] = "suitability.risk_points_accepted"


@dataclass(frozen=True, kw_only=True)
class DisclosureDone(DisclosureEvent):
    """All that is owed before this sale has been told."""

    kind: ClassVar[str] = "suitability.disclosure_done"


@dataclass(frozen=True, kw_only=True)
class DisclosureGivenUp(DisclosureEvent):
    """The customer gave it up."""

    kind: ClassVar[str] = "suitability.disclosure_given_up"
