"""Seal all personal data anew with the current key (docs/key-rotation.md)."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from brokerage.core import lookup_rotation
from brokerage.core.keyring import (
    BadKeyFile,
    add_key,
    add_lookup_key,
    use_key,
    use_lookup_key,
)
from brokerage.core.rotation import BATCH, Batch, all_places, outdated, rotate

EVERY_SECONDS = 5


class Command(BaseCommand):
    help = "Seal every encrypted value anew with the current key, while the system runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what old keys hold")
        parser.add_argument("--add", action="store_true", help="add a fresh key to the key file")
        parser.add_argument("--sm4", action="store_true", help="with --add: a key for SM4")
        parser.add_argument("--use", metavar="KEY", help="seal with KEY from now on")
        parser.add_argument("--add-lookup", action="store_true", help="add a look-up key")
        parser.add_argument("--use-lookup", action="store_true", help="make hashes with it")
        parser.add_argument("--lookup", action="store_true", help="make all hashes anew")
        parser.add_argument("--batch", type=int, default=BATCH, help="values a step")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["add"] or options["use"]:
            self._change_file(**options)
        elif options["add_lookup"] or options["use_lookup"]:
            self._change_lookup(use=options["use_lookup"])
        elif options["lookup"]:
            self._rehash(options["batch"], write=not options["check"])
        elif options["check"]:
            self._check()
        else:
            self._rotate(options["batch"])

    def _change_file(self, *, add: bool, sm4: bool, use: str | None, **options: Any) -> None:
        try:
            if add:
                name = add_key(settings.KEY_FILE, sm4=sm4)
                self.stdout.write(f"Added key {name}. Give every node this file and restart it;")
                self.stdout.write(f"then: manage.py rotate_keys --use {name}")
            if use:
                use_key(settings.KEY_FILE, use)
                self.stdout.write(f"New values will be sealed with {use} by restarted processes.")
                self.stdout.write("Restart them all; then: manage.py rotate_keys")
        except (BadKeyFile, OSError) as error:
            raise CommandError(str(error)) from None

    def _change_lookup(self, *, use: bool) -> None:
        try:
            (use_lookup_key if use else add_lookup_key)(settings.KEY_FILE)
        except (BadKeyFile, OSError) as error:
            raise CommandError(str(error)) from None
        after = "--lookup" if use else "--use-lookup"
        self.stdout.write("Give every node this file and restart it;")
        self.stdout.write(f"then: manage.py rotate_keys {after}")

    def _rehash(self, size: int, *, write: bool) -> None:
        left = 0
        for column in lookup_rotation.columns:
            done = lookup_rotation.rehash(column, size=size, write=write)
            verb = "made anew" if write else "under an old key"
            self.stdout.write(f"{column.label}: {done.changed} {verb}, {done.same} in order")
            for ref in done.doubles:
                self.stderr.write(f"{column.label} of {ref}: its value stands twice")
            left += done.held + len(done.doubles) + (0 if write else done.changed)
        if left:
            raise CommandError(f"{left} hashes are not under the present key: run it again.")
        self.stdout.write("Every hash that is looked up is under the present key.")

    def _check(self) -> None:
        old = {place.label: outdated(place) for place in all_places()}
        for label, count in old.items():
            for key, values in sorted(count.items()):
                self.stdout.write(f"{label}: {values} under {key}")
        if any(old.values()):
            raise CommandError("Old keys are still in use: run manage.py rotate_keys.")
        self.stdout.write(f"Everything is sealed with {settings.KEYS.current}.")

    def _rotate(self, size: int) -> None:
        broken, waiting = 0, 0
        for place in all_places():
            done = rotate(place, size=size, progress=_Progress(self, place.label))
            self.stdout.write(f"{place.label}: {done.sealed} sealed anew")
            for ref in done.broken:
                self.stderr.write(f"{place.label} of {ref} does not open: left as it is")
            broken += len(done.broken)
            waiting += sum(outdated(place).values())
        if broken:
            raise CommandError(f"{broken} values do not open; restore them from a backup.")
        if waiting:
            raise CommandError(f"{waiting} values were in use: run this command again.")
        self.stdout.write(f"Everything is sealed with {settings.KEYS.current}.")


class _Progress:
    """Writes a line now and then."""

    def __init__(self, command: BaseCommand, label: str) -> None:
        self.command, self.label = command, label
        self.sealed, self.written_at = 0, time.monotonic()

    def __call__(self, batch: Batch) -> None:
        self.sealed += batch.sealed
        if time.monotonic() - self.written_at > EVERY_SECONDS:
            self.written_at = time.monotonic()
            self.command.stdout.write(f"{self.label}: {self.sealed} so far")
