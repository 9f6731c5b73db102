"""allauth's forms in our words, and with the longest password that we hash."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from brokerage.users.models import Kind, User

LONGEST_PASSWORD = 128


class InOurWords(forms.Form):
    """Labels from `words`, help from `helps`; no placeholders; passwords of bounded length."""

    words: ClassVar[dict[str, Any]] = {}
    helps: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.words.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field.widget, forms.PasswordInput):
                field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))


class StaffLoginForm(InOurWords, account.LoginForm):
    """E-mail and password of staff and partner operators."""

    words: ClassVar = {"login": _("Work e-mail"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["required"] = _("Enter your work e-mail.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):
    """The password once more, before a sensitive act."""

    words: ClassVar = {"password": _("Password")}


class _Twice(InOurWords):
    words: ClassVar = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    helps: ClassVar = {
        "password1": _("At least 12 characters; a sentence is a good password."),
    }


class NewPasswordForm(_Twice, account.ChangePasswordForm):
    """The old password and a new one."""


class ResetPasswordForm(_Twice, account.ResetPasswordKeyForm):
    """A new password behind the link from the letter."""


class ResetForm(InOurWords, account.ResetPasswordForm):
    """Asks for that link; only staff and partner operators have a password to reset."""

    words: ClassVar = {"email": _("Work e-mail")}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[User] = [user for user in self.users if user.kind != Kind.CUSTOMER]
        return email


class FactorForm(InOurWords, factor.AuthenticateForm):
    """A code of the app or a recovery code, at sign-in."""

    words: ClassVar = {"code": _("Code from the app, or a recovery code")}


class FactorAgainForm(InOurWords, factor.ReauthenticateForm):
    """The same once more, before a sensitive act."""

    words: ClassVar = {"code": _("Code from the app, or a recovery code")}


class SetUpAppForm(InOurWords, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    words: ClassVar = {"code": _("Code from the app")}


class AddPasskeyForm(InOurWords, webauthn.AddWebAuthnForm):
    """A new passkey and its name."""

    words: ClassVar = {
        "name": _("Name of the passkey"),
        "passwordless": _("Sign in without a password"),
    }
    helps: ClassVar = {"name": _("Such as a work phone or a blue key.")}


class RenamePasskeyForm(InOurWords, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    words: ClassVar = {"name": _("Name of the passkey")}
