"""Lists paged by key: nothing is counted, and page 5,000 is as fast as page 1."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpRequest

AFTER, BEFORE = "after", "before"


class KeyPagedChangeList(ChangeList):
    """Rows after or before a row that is named by its ref, in the order of one unique column.

    A ref that the reader cannot see names no place, so a copied address tells nothing.
    """

    def get_filters_params(self, params: Any = None) -> Any:
        found = super().get_filters_params(params)
        for name in (AFTER, BEFORE):
            found.pop(name, None)
        if any("\0" in str(value) for values in found.values() for value in values):
            raise DisallowedModelAdminLookup("A filter cannot hold NUL.")
        return found

    model_admin: Any

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        return [self.model_admin.key]

    def get_results(self, request: HttpRequest) -> None:
        size = self.list_per_page
        backwards = BEFORE in request.GET
        pivot = self._pivot(request.GET.get(BEFORE) or request.GET.get(AFTER))
        rows = self.queryset
        if pivot is not None:
            down = self.model_admin.key.startswith("-")
            larger = down is backwards
            rows = rows.filter(**{f"{self._column}__{'gt' if larger else 'lt'}": pivot})
        if pivot is not None and backwards:
            found = list(rows.reverse()[: size + 1])
            more, shown = len(found) > size, found[:size][::-1]
            self.previous_ref, self.next_ref = _first(shown) if more else None, _last(shown)
        else:
            found = list(rows[: size + 1])
            more, shown = len(found) > size, found[:size]
            self.next_ref = _last(shown) if more else None
            self.previous_ref = _first(shown) if pivot is not None else None
        self.result_list = shown
        self.result_count = len(shown)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = more

    def url_for_result(self, result: Any) -> str:
        url: str = self.model_admin.object_url(result)
        return url

    @property
    def next_url(self) -> str:
        """The address of the rows that follow; empty at the end."""
        return self._page(AFTER, self.next_ref)

    @property
    def previous_url(self) -> str:
        """The address of the rows before; empty at the beginning."""
        return self._page(BEFORE, self.previous_ref)

    @property
    def _column(self) -> str:
        return str(self.model_admin.key.lstrip("-"))

    def _page(self, name: str, ref: UUID | None) -> str:
        if ref is None:
            return ""
        return str(self.get_query_string({name: str(ref)}, remove=[AFTER, BEFORE]))

    def _pivot(self, ref: str | None) -> Any:
        """The key of the row at which the page begins; None for the first page."""
        if not ref:
            return None
        try:
            rows = self.root_queryset.filter(**{self.model_admin.reference: ref})
            return rows.values_list(self._column, flat=True).first()
        except (ValueError, TypeError, ValidationError):
            return None


def _first(rows: list[Any]) -> UUID | None:
    return getattr(rows[0], "ref", rows[0].pk) if rows else None


def _last(rows: list[Any]) -> UUID | None:
    return getattr(rows[-1], "ref", rows[-1].pk) if rows else None
