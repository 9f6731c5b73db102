"""How far a customer is from a trading permission; it opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core import clock
from brokerage.customers.own import customer_user_or_404
from brokerage.customers.selectors import customer_of
from suitability.applying import entry_of
from suitability.explaining import fact_words
from suitability.models import in_language
from suitability.rules.permissions import ConditionResult
from suitability.rules.reasons import Code
from suitability.selectors.permissions import Way, ways_of
from suitability.wording import sentences

UNKNOWN = frozenset({Code.AVERAGE_UNKNOWN, Code.EXPERIENCE_UNKNOWN})


@dataclass(frozen=True)
class Line:
    """One condition: `state` is met, unknown or open; `earliest` None where nobody can say."""

    state: str
    texts: list[str]
    earliest: date | None


@dataclass(frozen=True)
class Summary:
    """One permission: how many conditions are met, out of how many."""

    key: str
    label: str
    met: bool
    done: int
    of: int
    lines: list[Line]
    earliest: date | None


@login_required
@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """All permissions, those that lack least first; none before the customer's record is there."""
    customer, on = customer_of(customer_user_or_404(request)), clock.today()
    ways = ways_of(customer, on) if customer else []
    found = [_summary(way, on) for way in ways]
    found.sort(key=lambda each: (each.of - each.done, each.key))
    return render(request, "suitability/permissions.html", {"permissions": found})


@login_required
@require_safe
def permission(request: HttpRequest, key: str) -> HttpResponse:
    """Each condition of one permission: met or not, by how much, from when."""
    customer, on = customer_of(customer_user_or_404(request)), clock.today()
    found = ways_of(customer, on, key=key) if customer else []
    if not found:
        raise Http404
    assert customer is not None
    context = {"found": _summary(found[0], on), "entry": entry_of(customer, found[0])}
    return render(request, "suitability/permission.html", context)


def _summary(way: Way, on: date) -> Summary:
    found = way.distance
    lines = [_line(each, on) for each in found.conditions]
    return Summary(
        key=way.permission.rule.key,
        label=in_language(dict(way.permission.label)),
        met=found.met,
        done=sum(each.met for each in found.conditions),
        of=len(lines),
        lines=lines,
        earliest=found.earliest if found.earliest and found.earliest > on else None,
    )


def _line(result: ConditionResult, on: date) -> Line:
    unknown = any(reason.code in UNKNOWN for reason in result.reasons)
    later = result.earliest if result.earliest and result.earliest > on else None
    return Line(
        state="met" if result.met else "unknown" if unknown else "open",
        texts=sentences(result.reasons, fact_words()),
        earliest=later,
    )
