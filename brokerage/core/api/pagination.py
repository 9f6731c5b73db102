"""Keyset pages: constant cost on any page, stable while rows are added, both directions.

A cursor is signed and bound to the caller, the address, the filters and the order, so it
opens nothing to another client and cannot be edited into another query.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.core import signing
from django.db.models import BooleanField, Expression, F, Model, QuerySet, Value
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core.api.problems import Problem

if TYPE_CHECKING:  # the framework imports this module while it builds APIView
    from rest_framework.views import APIView

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
PARAMETERS = frozenset({"cursor", "limit"})
SIGNER = signing.TimestampSigner(salt="brokerage.core.api.cursor")


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the order values of the row beside it, and where to go."""

    values: tuple[str, ...]
    backwards: bool

    def token(self, binding: str) -> str:
        return SIGNER.sign_object([self.values, self.backwards, binding])

    @classmethod
    def read(cls, token: str, binding: str) -> Cursor:
        """Open a token; raises Problem(invalid-cursor) where it was made for another query."""
        try:
            values, backwards, bound = SIGNER.unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            raise Problem("invalid-cursor") from None
        if bound != binding:
            raise Problem("invalid-cursor")
        return cls(tuple(values), backwards)


class RowIs(Expression):
    """`(a, b) < (x, y)`: PostgreSQL's row comparison, answered from one index."""

    conditional = True

    def __init__(self, fields: Sequence[str], sign: str, values: Sequence[Any]) -> None:
        super().__init__(output_field=BooleanField())
        self.sign = sign
        self.size = len(fields)
        self.parts: list[Expression] = [*map(F, fields), *map(Value, values)]  # type: ignore[list-item]

    def get_source_expressions(self) -> list[Any]:
        return self.parts

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.parts = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        texts, values = [], []
        for part in self.parts:
            text, own = compiler.compile(part)
            texts.append(text)
            values.extend(own)
        left, right = texts[: self.size], texts[self.size :]
        return f"({', '.join(left)}) {self.sign} ({', '.join(right)})", values


class KeysetPagination(BasePagination):
    """Pages of a query set in the view's `ordering`.

    The order is a tuple of plain not-null columns, all in one direction, the last one unique:
    `("-updated_at", "-id")`.
    """

    ordering: ClassVar[tuple[str, ...]] = ("-id",)

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        order: tuple[str, ...] = getattr(view, "ordering", self.ordering)
        self.fields = [name.lstrip("-") for name in order]
        descending = order[0].startswith("-")
        self.binding = binding_of(request, order)
        token = request.query_params.get("cursor")
        cursor = Cursor.read(token, self.binding) if token else None
        backwards = cursor is not None and cursor.backwards
        limit = limit_of(request)
        if cursor:
            values = self.read_values(queryset.model, cursor.values)
            sign = "<" if descending != backwards else ">"
            queryset = queryset.filter(RowIs(self.fields, sign, values))
        prefix = "-" if descending != backwards else ""
        rows = list(queryset.order_by(*(prefix + name for name in self.fields))[: limit + 1])
        more, rows = len(rows) > limit, rows[:limit]
        if backwards:
            rows.reverse()
        has_next = backwards or more
        has_previous = more if backwards else cursor is not None
        self.next = self.beside(rows[-1], backwards=False) if rows and has_next else None
        self.previous = self.beside(rows[0], backwards=True) if rows and has_previous else None
        return rows

    def read_values(self, model: type[Model], values: Sequence[str]) -> list[Any]:
        """The signed texts as values of their columns."""
        return [
            model._meta.get_field(name).to_python(value)  # type: ignore[union-attr]  # a column
            for name, value in zip(self.fields, values, strict=True)
        ]

    def beside(self, row: Model, *, backwards: bool) -> str:
        values = tuple(_text(getattr(row, name)) for name in self.fields)
        return Cursor(values, backwards).token(self.binding)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"data": data, "next": self.next, "prev": self.previous})


def limit_of(request: Request) -> int:
    """The page size asked for: 1 to 200, default 50."""
    raw = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if raw.isascii() and raw.isdigit() and len(raw) < 4 and 1 <= int(raw) <= MAX_LIMIT:
        return int(raw)
    raise Problem("invalid-parameter", _("`limit` is a whole number from 1 to 200."))


def binding_of(request: Request, order: Sequence[str]) -> str:
    """A hash of everything that must stay the same from page to page, but the page size."""
    filters = sorted(
        (name, value)
        for name, values in request.query_params.lists()
        for value in values
        if name not in PARAMETERS
    )
    caller = str(getattr(request.user, "ref", ""))
    bound = json.dumps([caller, request.path, filters, list(order)])
    return hashlib.sha256(bound.encode()).hexdigest()[:32]


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
