"""Applications, their sections, evidence and accounts."""

from accounts.models.accounts import CashAccount, CustodyLink, MarketAccount, OneCodeAccount
from accounts.models.aml import (
    AmlRating,
    ListRelease,
    Screening,
    WatchEntry,
    WatchHit,
    WatchList,
)
from accounts.models.application import SENT, Application, ApplicationQuerySet
from accounts.models.bank_changes import BankChange
from accounts.models.checks import OutsideCheck, OutsideCheckQuerySet
from accounts.models.closings import Closing
from accounts.models.credits import OpeningCredit, OpeningDispute, OpeningShare
from accounts.models.dormancies import Dormancy
from accounts.models.follow_ups import FollowUp
from accounts.models.inquiries import FundsInquiry
from accounts.models.knowledge_tests import QuestionBank, TestAttempt
from accounts.models.life import DocumentReminder, DocumentRenewal, IdDocument
from accounts.models.market_wishes import MarketWish
from accounts.models.paper_signings import PaperSigning
from accounts.models.permission_applications import PermissionApplication
from accounts.models.permission_proofs import PermissionProof
from accounts.models.permission_releases import PermissionRelease
from accounts.models.permissions import TradingPermission
from accounts.models.pins import Pin, PinKind
from accounts.models.plans import FirstDays
from accounts.models.readings import Reading
from accounts.models.recordings import Chapter, Witnessing
from accounts.models.releases import Assist, CaseRelease, CodeTries
from accounts.models.reviews import (
    BlindReview,
    Pause,
    ReviewSkill,
    Routing,
)
from accounts.models.sections import Section, SectionQuerySet
from accounts.models.sightings import Sighting
from accounts.models.signing import AgreementText, Pack, PackDocument
from accounts.models.tax_declarations import TaxDeclaration
from accounts.models.timings import StepForecast, StepMedian, StepTiming

__all__ = [
    "SENT",
    "AgreementText",
    "AmlRating",
    "Application",
    "ApplicationQuerySet",
    "Assist",
    "BankChange",
    "BlindReview",
    "CaseRelease",
    "CashAccount",
    "Chapter",
    "Closing",
    "CodeTries",
    "CustodyLink",
    "DocumentReminder",
    "DocumentRenewal",
    "Dormancy",
    "FirstDays",
    "FollowUp",
    "FundsInquiry",
    "IdDocument",
    "ListRelease",
    "MarketAccount",
    "MarketWish",
    "OneCodeAccount",
    "OpeningCredit",
    "OpeningDispute",
    "OpeningShare",
    "OutsideCheck",
    "OutsideCheckQuerySet",
    "Pack",
    "PackDocument",
    "PaperSigning",
    "Pause",
    "PermissionApplication",
    "PermissionProof",
    "PermissionRelease",
    "Pin",
    "PinKind",
    "QuestionBank",
    "Reading",
    "ReviewSkill",
    "Routing",
    "Screening",
    "Section",
    "SectionQuerySet",
    "Sighting",
    "StepForecast",
    "StepMedian",
    "StepTiming",
    "TestAttempt",
    "TaxDeclaration",
    "TradingPermission",
    "WatchEntry",
    "WatchHit",
    "WatchList",
    "Witnessing",
]
