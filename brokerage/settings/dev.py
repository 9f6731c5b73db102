"""The demonstration and development deployment that `make run` starts: sandboxes, plain HTTP."""

from brokerage.core.keyring import read_key_file
from brokerage.settings.base import *  # noqa: F403 - all of them are settings
from brokerage.settings.base import KEY_FILE

DEBUG = False  # pages behave as in production; errors are in the log
KEYS = read_key_file(KEY_FILE)
SECRET_KEY = KEYS.secret_key
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS: list[str] = []
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
