from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from brokerage.core import clock
from brokerage.core.retention import policies
from brokerage.journal.retention import Outcome, run


class Command(BaseCommand):
    help = "Dispose of what has been kept long enough, unless a legal hold keeps it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only")
        parser.add_argument("--policy", action="append", help="only this policy; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        only = None
        if options["policy"]:
            unknown = [key for key in options["policy"] if key not in policies]
            if unknown:
                known = ", ".join(key for key, _ in policies.items())
                raise CommandError(f"No policy {', '.join(unknown)}; known are {known}.")
            only = [policies.get(key) for key in options["policy"]]
        outcomes = run(clock.now(), options["dry_run"], only=only)
        for outcome in outcomes:
            self.stdout.write(_line(outcome))
        if failed := [outcome.policy for outcome in outcomes if outcome.error]:
            raise CommandError(f"Failed, see the log: {', '.join(failed)}.")


def _line(outcome: Outcome) -> str:
    if outcome.before is None and not outcome.error:
        return f"{outcome.policy}: no rule in force, nothing disposed of"
    return (
        f"{outcome.policy}: {outcome.due} due, {outcome.held} held, "
        f"{outcome.disposed} disposed of{f', {outcome.error}' if outcome.error else ''}"
    )
