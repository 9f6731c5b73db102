"""Columns of what one person proposed and another checked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from brokerage.backoffice.people import name_of


class MadeAndChecked:
    """Two columns of an admin whose rows are four-eyed, by name; one query each."""

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Any) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    @admin.display(description=gettext_lazy("checked by"))
    def checked(self, row: Any) -> str:
        return name_of(row.checked_by_ref)
