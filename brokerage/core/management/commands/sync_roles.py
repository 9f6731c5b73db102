"""Bring the groups of the database in line with the role × action table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from brokerage.core.roles import sync_roles


class Command(BaseCommand):
    help = "Give each role's group exactly the permissions of the role table (docs/roles.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        self.stdout.write("Groups and role table agree.")
