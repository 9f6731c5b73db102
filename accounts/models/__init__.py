"""Applications, their sections, evidence and accounts."""

from accounts.models.accounts import CashAccount, CustodyLink, MarketAccount, OneCodeAccount
from accounts.models.application import SENT, Application, ApplicationQuerySet
from accounts.models.checks import OutsideCheck, OutsideCheckQuerySet
from accounts.models.follow_ups import FollowUp
from accounts.models.pins import Pin, PinKind
from accounts.models.readings import Reading
from accounts.models.recordings import Chapter, Witnessing
from accounts.models.sections import Section, SectionQuerySet
from accounts.models.signing import AgreementText, Pack, PackDocument
from accounts.models.timings import StepMedian, StepTiming

__all__ = [
    "SENT",
    "AgreementText",
    "Application",
    "ApplicationQuerySet",
    "CashAccount",
    "Chapter",
    "CustodyLink",
    "FollowUp",
    "MarketAccount",
    "OneCodeAccount",
    "OutsideCheck",
    "OutsideCheckQuerySet",
    "Pack",
    "PackDocument",
    "Pin",
    "PinKind",
    "Reading",
    "Section",
    "SectionQuerySet",
    "StepMedian",
    "StepTiming",
    "Witnessing",
]
