"""Structured logs on standard error: one JSON object a line, without personal data."""

from __future__ import annotations

import logging

from brokerage.settings import env

logging.captureWarnings(True)  # else they are no JSON
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "brokerage.core.logs.ContextFilter"}},
    "formatters": {"json": {"()": "brokerage.core.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.text("BROKERAGE_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"level": "INFO"},
        "django.server": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
