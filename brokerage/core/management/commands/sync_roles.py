"""Bring the groups of the database in line with the role × action table, or write it down."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import defaultdict
from typing import Any

from django.core.management.base import BaseCommand

from brokerage.core import scope
from brokerage.core.roles import STAFF, Role, sync_roles, table
from brokerage.settings.env import BASE_DIR

HEAD = """# Roles

Made by `manage.py sync_roles --document` from what the apps declare; a test compares it. A role
says which actions somebody may take; the policies of `core.scope` say on which rows. Staff get a
role by an assignment to a unit between two days, released by a second person, and lose it at once.
Customers and partner operators act on their own rows by their pages and need no permissions.
"""


class Command(BaseCommand):
    help = "Give each role's group exactly the permissions of the role table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--document", action="store_true", help="write docs/roles.md instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["document"]:
            (BASE_DIR / "docs" / "roles.md").write_text(document(), encoding="utf-8")
            self.stdout.write("docs/roles.md is written.")
            return
        sync_roles()
        self.stdout.write("Groups and role table agree.")


def document() -> str:
    """The role × action table and the table of visible rows as Markdown."""
    lines = [HEAD, "## Actions", ""]
    for role in sorted(STAFF):
        names = ", ".join(f"`{name}`" for name in sorted(table()[role])) or "none"
        lines += [f"**{role.value}**: {names}", ""]
    lines += ["## Rows", "", "| model | everything | some rows |", "|---|---|---|"]
    for label in sorted(scope.labels()):
        kinds: dict[bool, list[str]] = defaultdict(list)
        for role in Role:
            if policy := scope.policies(label).get(role):
                kinds[policy is scope.everything].append(role.value)
        cells = [", ".join(kinds[everything]) or "–" for everything in (True, False)]
        lines.append(f"| {label} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"
