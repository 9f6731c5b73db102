"""The life of an order that an outlet takes down and its customer confirms."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class CounterStatus(models.TextChoices):
    """Where an order taken down at an outlet stands."""

    PROPOSED = "proposed", pgettext_lazy("counter order", "waits for the customer")
    ORDERED = "ordered", pgettext_lazy("counter order", "confirmed and ordered")
    REFUSED = "refused", pgettext_lazy("counter order", "not wanted by the customer")
    WITHDRAWN = "withdrawn", pgettext_lazy("counter order", "taken back by the outlet")
    LAPSED = "lapsed", pgettext_lazy("counter order", "not confirmed in time")


COUNTER_TRANSITIONS = StateTable(
    {
        CounterStatus.PROPOSED: [
            CounterStatus.ORDERED,
            CounterStatus.REFUSED,
            CounterStatus.WITHDRAWN,
            CounterStatus.LAPSED,
        ],
        CounterStatus.ORDERED: [],
        CounterStatus.REFUSED: [],
        CounterStatus.WITHDRAWN: [],
        CounterStatus.LAPSED: [],
    }
)
