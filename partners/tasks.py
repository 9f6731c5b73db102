"""Background work of this app."""

from __future__ import annotations

from uuid import UUID

from allauth.idp.oidc.models import Token

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from partners.models import RateWindow, WebhookAttempt
from partners.use_cases import end_lapsed
from partners.use_cases.deliver_webhooks import deliver_to, endpoints_with_due
from partners.use_cases.leads import lapse_leads
from partners.use_cases.make_statements import make_due_statements
from partners.use_cases.publish import wake


@schedule("17 * * * *")
def purge_tokens(timestamp: int) -> None:
    """Forget expired tokens and old counters; both only take room."""
    Token.objects.expired().delete()
    RateWindow.objects.filter(window__lt=timestamp // 60 - 60).delete()


@schedule("10 * * * *")  # ten past midnight in Shanghai counts; the others make up for a lost run
def end_what_lapsed(timestamp: int) -> None:
    """End our desks at institutions whose contract or licence ran out."""
    end_lapsed(at=clock.now())


@schedule("25 16 * * *")  # 00:25 in Shanghai
def lapse_old_leads(timestamp: int) -> None:
    """End leads whose protection ran out, a thousand at a time."""
    while lapse_leads(at=clock.now()):
        pass


@schedule(
    "40 17 * * *"
)  # 01:40 in Shanghai; every day, so that a lost first of a month is made up
def make_statements(timestamp: int) -> None:
    """Make the statements of last month that do not exist yet."""
    make_due_statements(at=clock.now())


@job(Lane.BULK, retry=False)  # what fails has its own plan
def deliver_webhooks(endpoint: str) -> None:
    """Carry to one endpoint what it has to hear."""
    deliver_to(endpoint=UUID(endpoint))


@schedule("* * * * *")
def wake_webhooks(timestamp: int) -> None:
    """Have the endpoints looked at whose next try has come."""
    for endpoint in endpoints_with_due(clock.now()):
        wake(endpoint)


@schedule("47 * * * *")
def forget_tries(timestamp: int) -> None:
    """Forget the log of webhooks after its thirty days."""
    WebhookAttempt.objects.filter(at__lt=clock.now() - WebhookAttempt.KEPT).delete()
