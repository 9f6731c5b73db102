"""Settings of the test run: fixed keys, quick password hash, no static manifest."""

from brokerage.core.keyring import test_keys
from brokerage.settings.base import *  # noqa: F403 - all of them are settings
from brokerage.settings.base import DATABASES, INSTALLED_APPS, VAR_DIR

DEBUG = False
KEYS = test_keys()
SECRET_KEY = KEYS.secret_key
ALLOWED_HOSTS = ["*"]
CA_DIR = VAR_DIR / "test-ca"  # its keys are sealed with those of the test run
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # else WhiteNoise scans all files for every test client
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
OUTLETS_KEPT_SECONDS = REFERENCE_KEPT_SECONDS = 0  # a test sees what it changed
RULES_KEPT = False  # and what it undoes is gone
DATABASES["default"]["OPTIONS"].pop("pool")  # threads of tests open and close their own
# pytest-django's live server serves static files only where it reads this very name
_ours = INSTALLED_APPS.index("brokerage.core.static_files.OurStaticFilesConfig")
INSTALLED_APPS[_ours] = "django.contrib.staticfiles"
