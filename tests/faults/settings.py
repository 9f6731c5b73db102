"""The development deployment without hashed static files: nothing has to be collected."""

from brokerage.settings.dev import *  # noqa: F403 - all of them are settings

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
