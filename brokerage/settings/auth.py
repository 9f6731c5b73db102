"""Log-in: customers by phone and SMS code, staff by e-mail, password and a second factor.

Customers' codes are our own pages (brokerage.users); allauth carries the rest: passwords,
second factors, the list of sessions and the steps of signing in (decision record 0003).
"""

from __future__ import annotations

from brokerage.settings import env

AUTH_USER_MODEL = "users.User"
SESSION_ENGINE = "brokerage.users.session_store"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["brokerage.users.hashers.TunedArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "brokerage.users.passwords.MaximumLengthValidator",
        "OPTIONS": {"max_length": 128},
    },
    {"NAME": "brokerage.users.passwords.CommonPasswordValidator"},
    {
        "NAME": "brokerage.users.passwords.BrandValidator",
        "OPTIONS": {"words": ["示例证券", "shilizhengquan", "examplesecurities", "brokerage"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600

ACCOUNT_ADAPTER = "brokerage.users.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "brokerage.users.allauth_forms.StaffLoginForm",
    "reauthenticate": "brokerage.users.allauth_forms.PasswordAgainForm",
    "change_password": "brokerage.users.allauth_forms.NewPasswordForm",
    "reset_password": "brokerage.users.allauth_forms.ResetForm",
    "reset_password_from_key": "brokerage.users.allauth_forms.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}  # by password; customers' numbers go through our own pages
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # else anybody could have us write to anybody
ACCOUNT_EMAIL_NOTIFICATIONS = False  # the owner is told by messaging, from our events
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end; this one goes on
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False  # the second factor is asked as ever
ACCOUNT_LOGIN_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # for each log-in, or for each of its known devices; a delay, never a lock
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_by_all": "300/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("BROKERAGE_PROXIES", 0, most=5)
USERSESSIONS_TRACK_ACTIVITY = False  # our middleware notes it, at most twice a minute

MFA_ADAPTER = "brokerage.users.factors.MfaAdapter"
MFA_FORMS = {
    "authenticate": "brokerage.users.allauth_forms.FactorForm",
    "reauthenticate": "brokerage.users.allauth_forms.FactorAgainForm",
    "activate_totp": "brokerage.users.allauth_forms.SetUpAppForm",
    "add_webauthn": "brokerage.users.allauth_forms.AddPasskeyForm",
    "edit_webauthn": "brokerage.users.allauth_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators enter staff's addresses

SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_AGE = 24 * 3600
