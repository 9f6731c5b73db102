"""The entrance of staff and partner operators: e-mail, password, then the second factor."""

from __future__ import annotations

from allauth.account.views import (
    LoginView,
    PasswordChangeView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from django.urls import reverse_lazy

from brokerage.users.forms import StaffLoginForm, StaffResetPasswordForm


class StaffLoginView(LoginView):
    """E-mail and password; limits are counted before the password is hashed."""

    template_name = "users/staff_login.html"

    def get_form_class(self) -> type[StaffLoginForm]:
        return StaffLoginForm


class StaffPasswordResetView(PasswordResetView):
    """A link by e-mail; it changes the password only, never the second factor."""

    def get_form_class(self) -> type[StaffResetPasswordForm]:
        return StaffResetPasswordForm


class StaffPasswordResetFromKeyView(PasswordResetFromKeyView):
    """The page behind that link."""

    success_url = reverse_lazy("account_reset_password_from_key_done")


class StaffPasswordChangeView(PasswordChangeView):
    """Old password, new password."""

    success_url = reverse_lazy("users:security")
