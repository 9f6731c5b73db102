"""Background work of this app."""

from __future__ import annotations

from uuid import UUID

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from partners.models import Operator, RateWindow, WebhookAttempt
from partners.use_cases import end_lapsed
from partners.use_cases import text_person as use_cases
from partners.use_cases.deliver_webhooks import deliver_to, endpoints_with_due
from partners.use_cases.leads import lapse_leads
from partners.use_cases.make_statements import make_due_statements
from partners.use_cases.operators import make_token
from partners.use_cases.publish import wake


@job(Lane.INTERACTIVE)
def send_invitation(*, operator: str, origin: str) -> None:
    """Write the letter with the link, whose secret is made now and stands in no table of jobs.

    Args:
        operator: ref of who is invited.
        origin: scheme and host of the site, such as https://www.example.com.
    """
    found = Operator.objects.select_related("partner").filter(ref=operator).first()
    token = make_token(operator=found, at=clock.now()) if found else None
    if found is None or token is None:
        return
    url = f"{origin}{reverse('partners:join', args=[token])}"
    context = {"operator": found, "url": url}
    subjects, bodies = [], []
    for language in ("zh-hans", "en"):  # nobody knows yet which one they read
        with override(language):
            subjects.append(render_to_string("partners/email/invitation_subject.txt", context))
            bodies.append(render_to_string("partners/email/invitation.txt", context))
    subject = " / ".join(text.strip() for text in subjects)
    body = "\n\n".join(text.strip() for text in bodies)
    send_mail(subject, f"{body}\n", settings.DEFAULT_FROM_EMAIL, [found.email])


@job(Lane.BULK)
def text_person(appointment: str, kind: str, key: str) -> None:
    """Send the person behind an appointment one SMS about it; the number is read now."""
    use_cases.text_person(appointment=UUID(appointment), kind=kind, key=UUID(key), at=clock.now())


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
