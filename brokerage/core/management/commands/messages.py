"""`manage.py messages`: keep the translation catalogues complete. Needs no gettext programs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brokerage.core import catalogues


class Command(BaseCommand):
    help = "Collect translatable strings into locale/; --check, --prune and --compile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", help="only these catalogues, such as portal")
        parser.add_argument("--check", action="store_true", help="fail where one is incomplete")
        parser.add_argument("--prune", action="store_true", help="drop strings no longer used")
        parser.add_argument("--compile", action="store_true", help="only write the .mo files")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            self.stdout.write(f"{catalogues.compile_catalogues()} catalogues compiled")
            return
        if options["check"]:
            if found := catalogues.problems():
                raise CommandError("\n".join([*found, f"{len(found)} problems in locale/"]))
            self.stdout.write("The catalogues are complete.")
            return
        self._update(only=set(options["parts"]), prune=options["prune"])

    def _update(self, *, only: set[str], prune: bool) -> None:
        sources = catalogues.extract()
        for part in sorted(only or {*sources, *catalogues.existing_parts()}):
            po = catalogues.merge(part, sources.get(part, {}))
            if prune:
                for entry in po.obsolete_entries():
                    po.remove(entry)
            changed = catalogues.save(part, po)
            missing = len(po.untranslated_entries())
            self.stdout.write(
                f"{part}: {len(po)} strings, {missing} without translation"
                + (", written" if changed else "")
            )
