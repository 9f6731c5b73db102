"""Settings shared by every deployment; importing them starts nothing."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from brokerage.core.pooled import PooledConnection
from brokerage.launch.postgres import Cluster
from brokerage.settings import env
from brokerage.settings.env import BASE_DIR

env.check_known(os.environ)

VAR_DIR = env.var_dir()
KEY_FILE = env.key_file()
ANCHOR_DIR = env.anchor_dir()
SANDBOX = True  # outside parties are played by sandboxes; production says False
SCENARIO_PLAYER = "brokerage.demo.scenarios.play"  # for institutions, in a sandbox only
LOCAL_WEBHOOKS = env.number("BROKERAGE_LOCAL_WEBHOOKS", 0, most=1) == 1  # in a sandbox only
SMS_URL = SMS_TOKEN = ""  # the SMS gateway of production (docs/gateways/sms.md)
CA_DIR = VAR_DIR / "ca"  # roots of the certificate authority; the sandbox keeps its own there
COUNTERPARTIES: dict[str, tuple[str, str]] = {}  # address and token of each (docs/gateways)
EMAIL_TIMEOUT = 3
METRICS_TOKEN = env.text("BROKERAGE_METRICS_TOKEN")

# --- applications: downwards only, see docs/architecture.md ---------------------------------
INSTALLED_APPS = [
    "brokerage.backoffice.apps.BackofficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "brokerage.core.static_files.OurStaticFilesConfig",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, so that ours can stand before them
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "crispy_forms",
    "csp",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
    "brokerage.core",
    "brokerage.reference",
    "brokerage.journal",
    "brokerage.files",
    "brokerage.users",
    "brokerage.customers",
    "brokerage.messaging",
    "brokerage.backoffice",
    "branches",
    "suitability",
    "holdings",
    "accounts",
    "products",
    "content",
    "partners",
]

MIDDLEWARE = [
    "brokerage.core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "brokerage.core.middleware.SecurityHeadersMiddleware",
    "brokerage.core.middleware.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "brokerage.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "brokerage.users.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "brokerage.core.middleware.WholePageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "brokerage.users.middleware.SessionLimitsMiddleware",
    "brokerage.users.middleware.StaffMfaMiddleware",
    "brokerage.core.in_place.InPlaceMiddleware",
]

ROOT_URLCONF = "brokerage.urls"
WSGI_APPLICATION = "brokerage.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "brokerage.core.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "brokerage.core.display.widgets.QuickWidgets"

# --- database ---------------------------------------------------------------------------------
# One connection per thread, kept by psycopg's pool: reconnecting costs 6.5 ms of database CPU.
# While the database is away a request waits `timeout` seconds and answers 503. The pool's own
# attempts to come back end early, because their pauses double: a fresh request then tries at once.
POOL = {
    "min_size": 1,
    "max_size": env.number("BROKERAGE_WEB_THREADS", 4, least=1, most=64) + 1,
    "timeout": 4,
    "reconnect_timeout": 2,
    "connection_class": PooledConnection,  # no "reset": it would take a thread for each return
}
# Nothing that hangs holds a lock or a connection for long; migrate lifts them for itself.
TIMEOUTS = (
    "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
)


def _database() -> dict[str, Any]:
    if url := env.text("DATABASE_URL"):
        try:
            parsed: dict[str, Any] = {**dj_database_url.parse(url)}
        except ValueError as error:
            raise env.BadEnvironment(f"DATABASE_URL cannot be read: {error}") from None
        if parsed["ENGINE"] != "django.db.backends.postgresql":
            raise env.BadEnvironment("DATABASE_URL must be a postgres:// address.")
    else:
        cluster = Cluster(VAR_DIR / "pg")
        parsed = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "brokerage",
            "USER": "postgres",
            "HOST": str(cluster.socket_dir),
            "PORT": str(cluster.port),
        }
    # Statements are bound and kept planned by the server: less work on both sides (ADR 0008).
    planned = {"server_side_binding": True, "prepare_threshold": 5}
    parsed["OPTIONS"] = {"options": TIMEOUTS, **planned, **parsed.get("OPTIONS", {}), "pool": POOL}
    parsed["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    parsed["CONN_HEALTH_CHECKS"] = True
    return parsed


DATABASES = {"default": _database()}
CACHES = {
    # In the database because log-in limits must be shared by all web processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# --- language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
# One catalogue per part of the system, so that a catalogue stays readable.
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").iterdir() if path.is_dir())
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "brokerage.core.static_files.StyleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "brokerage.core.static_files.HashedStaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # half the files to compress; pages name the hashed ones
MEDIA_ROOT = VAR_DIR / "media-unused"  # files go through brokerage.files only
FILE_UPLOAD_HANDLERS = [  # nothing that somebody sent lies on the disk in the clear
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "brokerage.files.uploads.SealedUploadHandler",
]
SCANNER = env.address("BROKERAGE_SCANNER")

# --- forms ------------------------------------------------------------------------------------
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]

# --- what a process keeps -----------------------------------------------------------------------
OUTLETS_KEPT_SECONDS = 20  # for which it trusts the network that it read for the finder
REFERENCE_KEPT_SECONDS = 20  # and lists to choose from, which are the same for everybody
RULES_KEPT = True  # rules of days that have begun are read once: nothing can change them any more

# --- browser security -------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "brokerage.core.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

from brokerage.settings.auth import *  # noqa: E402, F403 - all of them are settings
from brokerage.settings.logging import LOGGING  # noqa: E402, F401 - all of them are settings

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["brokerage.core.api.permissions.HasDeclaredScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["brokerage.core.api.parsing.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": None,  # no OPTIONS: the schema says what there is
    "EXCEPTION_HANDLER": "brokerage.core.api.problems.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "brokerage.core.api.pagination.KeysetPagination",
    "UNAUTHENTICATED_USER": None,
}
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 600  # partners ask for a new token every ten minutes
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
