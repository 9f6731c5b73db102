"""Applications."""

from accounts.models.application import SENT, Application, ApplicationQuerySet
from accounts.models.checks import OutsideCheck, OutsideCheckQuerySet
from accounts.models.pins import Pin, PinKind

__all__ = [
    "SENT",
    "Application",
    "ApplicationQuerySet",
    "OutsideCheck",
    "OutsideCheckQuerySet",
    "Pin",
    "PinKind",
]
