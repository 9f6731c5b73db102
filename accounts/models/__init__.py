"""Applications."""

from accounts.models.application import SENT, Application, ApplicationQuerySet
from accounts.models.checks import OutsideCheck, OutsideCheckQuerySet
from accounts.models.pins import Pin, PinKind
from accounts.models.readings import Reading
from accounts.models.recordings import Chapter, Witnessing
from accounts.models.signing import AgreementText, Pack, PackDocument

__all__ = [
    "Chapter",
    "Witnessing",
    "Reading",
    "AgreementText",
    "Pack",
    "PackDocument",
    "SENT",
    "Application",
    "ApplicationQuerySet",
    "OutsideCheck",
    "OutsideCheckQuerySet",
    "Pin",
    "PinKind",
]
