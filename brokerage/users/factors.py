"""Second factors: TOTP, passkeys and recovery codes, kept by allauth under our rules."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from brokerage.core.crypto import seal, unseal
from brokerage.users.models import User

CONTEXT = "mfa.Authenticator.secret"  # allauth passes the secret without its row


def used_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session, not just this log-in, has shown a second factor."""
    return any(entry["method"] == "mfa" for entry in get_authentication_records(request, user))


class SecondFactorStage(AuthenticateStage):
    """allauth's; customers cannot have one (`StaffMfaMiddleware`) and are not looked up."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if isinstance(user, User) and user.is_customer:
            return None, True
        response, goes_on = super().handle()
        return response, goes_on


class MfaAdapter(DefaultMFAAdapter):
    """Secrets are sealed; the last second factor cannot be removed, only replaced."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "This is your last second factor. Add another one first, then remove it."
        ),
        "incorrect_code": _("The code is not right. Take the one shown now."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text, context=CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, context=CONTEXT)

    def get_totp_issuer(self) -> str:
        return gettext("Example Securities")

    def _get_site_name(self) -> str:
        return gettext("Example Securities")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return others.filter(
            type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists()
