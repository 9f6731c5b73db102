"""Prints one kept decision for an inspector: inputs, rules, legs, reasons, alternatives."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from brokerage.core.display import formats
from suitability.explaining import explain
from suitability.models import MatchRecord


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", help="of the decision")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = MatchRecord.objects.select_related("item", "customer").get(ref=options["ref"])
        except (MatchRecord.DoesNotExist, ValidationError):
            raise CommandError("There is no decision with this reference.") from None
        with override(options["language"] or row.language):
            self._tell(row)

    def _tell(self, row: MatchRecord) -> None:
        told = explain(row)
        say = self.stdout.write
        say(f"{row.ref} · {formats.moment(row.decided_at)} · {row.rule_version}")
        say(f"{row.customer.ref} · {row.item} · {row.get_outcome_display()}")
        for leg in told.legs:
            fits = _("Fits") if leg.fits else _("Does not fit")
            say(f"{leg.title}: {leg.item} / {leg.yours}: {fits}")
        for reason in told.reasons:
            say(f"- {reason}")
        for item in told.nearest:
            say(f"+ {item.code} {item}")
        say(row.inputs or "")
