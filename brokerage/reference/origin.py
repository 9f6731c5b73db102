"""Who put a reference row there; the shipped files never overwrite what the firm loaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """Shipped with the release, or loaded or written by the firm."""

    RELEASE = "release", _("Shipped with the system")
    FIRM = "firm", _("Loaded by the firm")
