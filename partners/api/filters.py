"""Filters of lists: what is asked for has to be well-formed, or it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from brokerage.core.api.problems import Problem
from partners.api.base import LONGEST_REFERENCE, REFERENCE

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
BY_REFERENCE = frozenset({"partner_reference"})


def instant(request: Request, name: str) -> datetime | None:
    """The instant behind a query parameter; None where it is not given.

    Raises:
        Problem: when it is no instant with its zone.
    """
    raw = request.query_params.get(name)
    if raw is None:
        return None
    try:
        found = parse_datetime(raw)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Problem("invalid-parameter", _("Give an instant such as 2026-03-03T02:00:00Z."))
    return found


def month(request: Request, name: str) -> date | None:
    """The first day of the month behind a query parameter; None where it is not given.

    Raises:
        Problem: when it is no month such as 2026-03.
    """
    raw = request.query_params.get(name)
    if raw is None:
        return None
    if not MONTH.fullmatch(raw):
        raise Problem("invalid-parameter", _("Give a month such as 2026-03."))
    return date.fromisoformat(f"{raw}-01")


def with_reference(rows: Any, request: Request) -> Any:
    """Of the caller's `rows` the one with the `partner_reference` that is asked for, or all.

    Raises:
        Problem: when it cannot be a reference.
    """
    raw = request.query_params.get("partner_reference")
    if raw is None:
        return rows
    if len(raw) > LONGEST_REFERENCE or not re.match(REFERENCE, raw):
        raise Problem("invalid-parameter", _("`partner_reference` is one that you have sent."))
    return rows.filter(partner_reference=raw)


def words(request: Request, name: str, known: Iterable[str]) -> list[str]:
    """The words of a query parameter, with commas between; none where it is not given.

    Raises:
        Problem: when one is not known.
    """
    raw = request.query_params.get(name)
    if raw is None:
        return []
    found = raw.split(",")
    if not set(found) <= set(known):
        raise Problem("invalid-parameter", _("This filter does not know such a value."))
    return found
