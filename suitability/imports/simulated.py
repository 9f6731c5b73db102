"""Simulated trading: each row is one certified practice of one customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.imports.fields import day, text
from brokerage.backoffice.imports import Column, Values
from brokerage.core import clock
from brokerage.users.models import User
from suitability.imports.brought import BroughtDocuments
from suitability.labels import SIMULATED
from suitability.models import SimulatedTrading
from suitability.professional_events import PracticeTaken


class SimulatedTradingList(BroughtDocuments):
    """Certificates of the operators of simulated markets; nothing is changed afterwards."""

    key = "simulated-trading"
    label = _("Simulated trading")
    intro = _(
        "Certificates of simulated trading. They count in place of the test of knowledge and "
        "for option levels, as far as the rule says."
    )
    icon = "chart"
    permission = "suitability.add_simulatedtrading"
    unique = ("fact", "certificate")
    model = SimulatedTrading
    event = PracticeTaken
    own = _("Nobody takes a certificate of their own.")
    columns = (
        Column(
            "customer",
            forms.UUIDField(label=_("Reference number of the customer")),
            "8d1c2f64-9a53-4b0e-8f57-0a5e1c1d2b3a",
            ("客户",),
        ),
        Column(
            "fact",
            forms.ChoiceField(
                label=_("What was practised"),
                choices=list(SIMULATED.items()),
                help_text=", ".join(SIMULATED),
            ),
            "options_simulated_1",
            ("类型",),
        ),
        Column(
            "trades",
            forms.IntegerField(
                label=pgettext_lazy("practice", "Trades"), min_value=1, max_value=1_000_000
            ),
            "12",
            ("笔数",),
        ),
        Column(
            "days",
            forms.IntegerField(
                label=pgettext_lazy("practice", "Trading days"), min_value=1, max_value=5_000
            ),
            "6",
            ("交易日数",),
        ),
        day("first_on", pgettext_lazy("practice", "First day"), "2026-02-02"),
        day("last_on", pgettext_lazy("practice", "Last day"), "2026-02-13"),
        text("certificate", _("Number of the certificate"), "MN-2026-0001", most=60),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> Any:
        numbers = {row["certificate"] for row in rows if "certificate" in row}
        taken = SimulatedTrading.objects.filter(certificate__in=numbers)
        return self.seen(rows, user), set(taken.values_list("fact", "certificate")), clock.today()

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        seen, taken, today = facts
        errors: dict[str, Any] = {}
        if row["customer"] not in seen:
            errors["customer"] = _("None of your customers has this reference number.")
        if (row["fact"], row["certificate"]) in taken:
            errors["certificate"] = _("This certificate was taken before.")
        if row["last_on"] < row["first_on"]:
            errors["last_on"] = _("The last day lies before the first one.")
        elif row["last_on"] > today:
            errors["last_on"] = _("This day has not ended yet.")
        elif row["days"] > (row["last_on"] - row["first_on"]).days + 1:
            errors["days"] = _("There are fewer days between the first and the last one.")
        if errors:
            raise ValidationError(errors)


SIMULATED_TRADING_LIST = SimulatedTradingList()
