"""Background work of log-in: the letter with a reset link, and the end of old rows."""

from __future__ import annotations

from datetime import timedelta

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from brokerage.users import sessions
from brokerage.users.models import Kind, PhoneCode, User

KEEP_CODES = timedelta(days=2)


@job(Lane.INTERACTIVE)
def send_password_reset(*, user: str, origin: str) -> None:
    """Write the letter with a reset link, made now and valid for an hour.

    Args:
        user: ref of the log-in.
        origin: scheme and host of the site, such as https://www.example.com.
    """
    found = User.objects.filter(ref=user, is_active=True).exclude(kind=Kind.CUSTOMER).first()
    if found is None or not found.email:
        return
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(found)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(found), token])
    with override(found.language or settings.LANGUAGE_CODE):
        context = {"user": found, "password_reset_url": f"{origin}{path}"}
        subject = render_to_string("account/email/password_reset_key_subject.txt", context)
        body = render_to_string("account/email/password_reset_key_message.txt", context)
    send_mail(subject.strip(), body.strip() + "\n", None, [found.email])


@schedule("17 * * * *")
def tidy_log_ins(timestamp: int) -> None:
    """Remove what has no use any more: old codes, ended sessions and their list entries."""
    at = clock.now()
    PhoneCode.objects.filter(made_at__lt=at - KEEP_CODES).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    longest = max(sessions.CUSTOMER.absolute, sessions.STAFF.absolute)
    UserSession.objects.filter(created_at__lt=at - longest).delete()
