"""Papers as dated versions, what customers answered; items, grades, decisions and exposures."""

from suitability.models.assessments import (
    Assessment,
    AssessmentQuerySet,
    Class,
    Questionnaire,
    digest_of,
    in_language,
    mark_of,
    paper_of,
)
from suitability.models.coaching import AnsweringTrace, CoachingFlag
from suitability.models.decisions import Exposure, MatchRecord, Outcome, digest_of_match
from suitability.models.disclosures import Disclosure
from suitability.models.drafts import PaperDraft
from suitability.models.follow_ups import SaleFollowUp
from suitability.models.insisting import InsistCase
from suitability.models.items import GradeChoice, GradedItem, ItemGrade, ItemKind
from suitability.models.recordings import DoubleRecording, RecordingChapter
from suitability.models.reviews import JumpReview
from suitability.models.simulated import SimulatedTrading
from suitability.models.status_requests import (
    KindChoice,
    KnowledgeTest,
    StatusProof,
    StatusRequest,
)
from suitability.models.statuses import InvestorStatus

__all__ = [
    "AnsweringTrace",
    "CoachingFlag",
    "Assessment",
    "AssessmentQuerySet",
    "Class",
    "JumpReview",
    "Disclosure",
    "DoubleRecording",
    "Exposure",
    "SaleFollowUp",
    "SimulatedTrading",
    "GradeChoice",
    "GradedItem",
    "InsistCase",
    "InvestorStatus",
    "ItemGrade",
    "ItemKind",
    "KindChoice",
    "KnowledgeTest",
    "MatchRecord",
    "Outcome",
    "PaperDraft",
    "Questionnaire",
    "RecordingChapter",
    "StatusProof",
    "StatusRequest",
    "digest_of",
    "digest_of_match",
    "in_language",
    "mark_of",
    "paper_of",
]
