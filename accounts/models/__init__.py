"""Applications."""

from accounts.models.application import SENT, Application, ApplicationQuerySet

__all__ = ["SENT", "Application", "ApplicationQuerySet"]
