"""Released statements of the institution: lines with their inputs, as a file, disputed."""

from __future__ import annotations

import codecs
import csv
import io
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from brokerage.backoffice.exports import safe
from brokerage.core import clock, scope
from partners.forms import DisputeForm
from partners.models import Statement, StatementLine
from partners.use_cases.disputes import UnableToDispute, raise_dispute
from partners.views.frame import Desk, for_operators
from partners.views.refusals import tell
from partners.wording import told

SHOWN = 36
"""Statements on one page: three years."""


@require_safe
@for_operators(late=True)
def statements(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was released, the newest month first."""
    rows = scope.visible(Statement, desk.user).order_by("-month")
    context = {"desk": desk, "statements": rows[:SHOWN], "today": clock.today()}
    return render(request, "partners/desk/statements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators(late=True)
def statement(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """One statement line by line; POST disputes it or a line."""
    row = desk.own_or_404(Statement, ref)
    lines = _lines(row)
    form = DisputeForm(
        request.POST if request.method == "POST" else None, lines=[line.number for line in lines]
    )
    if form.is_valid():
        try:
            raise_dispute(statement=row, operator=desk.user, at=clock.now(), **form.cleaned_data)
        except UnableToDispute as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Received. We answer by the day that stands below."))
            return redirect("partners:statement", ref=ref)
    disputes = row.disputes.select_related("correction").order_by("-pk")
    shown = [(line, told(line)) for line in lines]
    context = {"desk": desk, "statement": row, "lines": shown, "disputes": disputes, "form": form}
    context |= {"open": bool(row.dispute_by and clock.today() <= row.dispute_by)}
    return render(
        request, "partners/desk/statement.html", context, status=422 if form.errors else 200
    )


@require_safe
@for_operators(late=True)
def statement_file(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """The lines as a table for a spreadsheet."""
    row = desk.own_or_404(Statement, ref)
    draft = io.StringIO(newline="")
    out = csv.writer(draft)
    out.writerow(_headings())
    for line in _lines(row):
        out.writerow([safe(value) for value in _cells(line)])
    answer = HttpResponse(
        codecs.BOM_UTF8 + draft.getvalue().encode(), content_type="text/csv; charset=utf-8"
    )
    name = f"statement-{row.month:%Y-%m}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(row: Statement) -> list[StatementLine]:
    return list(
        StatementLine.objects.filter(statement=row)
        .select_related("contract", "correction__statement")
        .order_by("number")
    )


def _headings() -> list[str]:
    return [
        pgettext("statement", "Line"),
        _("Kind"),
        _("Contract"),
        _("From"),
        pgettext("statement", "Last day"),
        _("Amount in yuan"),
        _("Version of the rule"),
        _("Reckoned from"),
        _("Inputs"),
        _("Journal entries"),
    ]


def _cells(line: StatementLine) -> list[Any]:
    return [
        line.number,
        line.get_kind_display(),
        line.contract.number if line.contract else "",
        line.starts_on or "",
        line.last_day,
        line.amount_yuan,
        line.rule_version,
        told(line),
        json.dumps(line.inputs, ensure_ascii=False, sort_keys=True),
        " ".join(str(source) for source in line.sources),
    ]
