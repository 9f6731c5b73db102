"""Production: every secret from outside, no sandbox, nothing unsafe (checks in core/checks.py)."""

from brokerage.core.keyring import read_key_file
from brokerage.settings import env
from brokerage.settings.base import *  # noqa: F403 - all of them are settings
from brokerage.settings.base import KEY_FILE

DEBUG = False
SANDBOX = False
SCENARIO_PLAYER = ""
LOCAL_WEBHOOKS = False
KEYS = read_key_file(KEY_FILE)
SECRET_KEY = env.text("BROKERAGE_SECRET_KEY")
ALLOWED_HOSTS = env.names("BROKERAGE_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

SMS_URL = env.text("BROKERAGE_SMS_URL")
SMS_TOKEN = env.text("BROKERAGE_SMS_TOKEN")
COUNTERPARTIES = {
    name.lower(): (env.text(f"BROKERAGE_{name}_URL"), env.text(f"BROKERAGE_{name}_TOKEN"))
    for name in env.COUNTERPARTIES
}
if env.text("BROKERAGE_MAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    mail = env.mail_server("BROKERAGE_MAIL_URL")
    EMAIL_HOST, EMAIL_PORT = mail.host, mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail.user, mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = mail.starttls, mail.tls
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail.sender
else:  # a system check (messaging.E003) stops the start
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"

if not env.text("DATABASE_URL"):
    raise env.BadEnvironment(
        "Production needs DATABASE_URL; the embedded server is for trying out."
    )
if not SECRET_KEY or not ALLOWED_HOSTS:
    raise env.BadEnvironment(
        "Production needs BROKERAGE_SECRET_KEY and BROKERAGE_ALLOWED_HOSTS (docs/operations.md)."
    )
