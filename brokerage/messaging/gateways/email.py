"""E-mail through Django's mail backend. SMTP knows no idempotency; Message-ID carries the key."""

from __future__ import annotations

import smtplib
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from brokerage.messaging.gateways.base import GatewayRefused, GatewayUnavailable, Report


class EmailGateway:
    """Sends plain text mail; a mail server reports nothing back."""

    def send(self, *, address: str, title: str, body: str, key: UUID, at: datetime) -> str:
        """One mail; a mailbox that does not exist is refused, anything else may be tried again."""
        number = f"<{key}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
        mail = EmailMessage(title, body, to=[address], headers={"Message-ID": number})
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused:
            raise GatewayRefused("mailbox") from None
        except (OSError, smtplib.SMTPException) as error:
            raise GatewayUnavailable(type(error).__name__) from None
        return number

    def reports(self, *, after: str, at: datetime) -> tuple[list[Report], str]:
        """None: mail has no reports."""
        return [], after
