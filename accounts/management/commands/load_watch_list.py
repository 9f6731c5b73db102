"""Reads a list of persons and makes it the release that counts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.aml.states import ListKind
from accounts.models import WatchList
from accounts.use_cases.load_watch_list import Listed, load_watch_list
from brokerage.core import clock
from brokerage.journal.actors import Actor

COLUMNS = ["key", "name", "id_type", "id_number", "birth_date"]


class Command(BaseCommand):
    help = "Load a release of a watch list from CSV; the worker screens all customers against it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="of the list; a new one needs both names and --kind")
        parser.add_argument("file", type=Path, help=f"CSV in UTF-8 with {', '.join(COLUMNS)}")
        parser.add_argument("--kind", choices=ListKind.values)
        parser.add_argument("--name-zh", default="")
        parser.add_argument("--name-en", default="")

    def handle(self, *args: Any, code: str, file: Path, **options: Any) -> None:
        release = load_watch_list(
            watch_list=_list(code, options),
            people=_people(file),
            actor=Actor.system("accounts.load_watch_list"),
            at=clock.now(),
        )
        self.stdout.write(f"{release} has {release.entries_in_it} entries")


def _list(code: str, options: dict[str, Any]) -> WatchList:
    found = WatchList.objects.filter(code=code).first()
    if found is not None:
        return found
    names = {name: options[name] for name in ("kind", "name_zh", "name_en")}
    if not all(names.values()):
        raise CommandError("A new list needs --kind, --name-zh and --name-en.")
    return WatchList.objects.create(code=code, **names)


def _people(file: Path) -> list[Listed]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if rows.fieldnames != COLUMNS:
                raise CommandError(f"The first line reads {','.join(COLUMNS)}.")
            people = [Listed(**{name: row[name].strip() for name in COLUMNS}) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
    keys = [person.key for person in people]
    if len(set(keys)) < len(keys) or not all(person.key and person.name for person in people):
        raise CommandError("Every person has a key of its own and a name.")
    return people
