"""Background work of this app."""

from __future__ import annotations

from allauth.idp.oidc.models import Token

from brokerage.core.jobs import schedule
from partners.models import RateWindow


@schedule("17 * * * *")
def purge_tokens(timestamp: int) -> None:
    """Forget expired tokens and old counters; both only take room."""
    Token.objects.expired().delete()
    RateWindow.objects.filter(window__lt=timestamp // 60 - 60).delete()
