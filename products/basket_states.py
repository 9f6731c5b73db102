"""The life of a basket of funds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class BasketStatus(models.TextChoices):
    """Where a basket stands."""

    OPEN = "open", pgettext_lazy("basket", "open")
    ORDERED = "ordered", pgettext_lazy("basket", "ordered")
    EMPTIED = "emptied", pgettext_lazy("basket", "emptied")


BASKET_TRANSITIONS = StateTable(
    {
        BasketStatus.OPEN: [BasketStatus.ORDERED, BasketStatus.EMPTIED],
        BasketStatus.ORDERED: [],
        BasketStatus.EMPTIED: [],
    }
)
