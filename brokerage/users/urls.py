"""Addresses of log-in: ours, and those of allauth that are used; no others are routed."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, include, path, re_path

from brokerage.core.error_pages import wait
from brokerage.users.views import phone, security, sign_in, step_up

own = [
    path("account/security/", security.overview, name="security"),
    path("account/sessions/", security.session_list, name="sessions"),
    path("account/sessions/end/", security.end_one, name="end_session"),
    path("account/sessions/end-all/", security.end_everywhere, name="end_sessions"),
    path("account/phone/", phone.new_number, name="phone"),
    path("account/phone/code/", phone.new_number_code, name="phone_code"),
    path("account/phone/code/resend/", phone.resend, name="phone_resend"),
    path("account/confirm/", step_up.step_up, name="step_up"),
    path("account/continue/", step_up.resume, name="continue"),
]

staff_login = account.LoginView.as_view(template_name="users/staff_login.html")

# The names are those that allauth itself asks for.
second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("check/", mfa.authenticate, name="mfa_authenticate"),
    path("confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("totp/", totp.activate_totp, name="mfa_activate_totp"),
    path("totp/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("keys/confirm/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("keys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
]

passwords = [
    path("password/", account.password_change, name="account_change_password"),
    path("password/reset/", wait(600)(account.password_reset), name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", sign_in.sign_in, name="account_login"),
    path("login/code/", sign_in.sign_in_code, name="account_login_code"),
    path("login/code/resend/", sign_in.resend, name="account_login_resend"),
    path("logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/password/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/mfa/", include(second_factor)),
    path(
        "staff/login/",
        account.LoginView.as_view(template_name="users/staff_login.html"),
        name="staff_login",
    ),
    path("staff/", include(passwords)),
    path("", include((own, "users"))),
]
