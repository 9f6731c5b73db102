"""Words of the credit for an opening."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class ShareKind(models.TextChoices):
    """What a share of the credit is for."""

    ENTRY = "entry", pgettext_lazy("credit", "Brought the customer")
    ASSIST = "assist", pgettext_lazy("credit", "Helped with a step")
    OWNER = "owner", pgettext_lazy("credit", "Keeps the account")
    DECIDED = "decided", pgettext_lazy("credit", "Given after a dispute")
