"""Monthly statements: looked at, released by a second person, corrected on a later one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActsAdmin
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.display import formats
from partners.admin.institutions import NeededReason
from partners.models import Correction, Statement
from partners.states import StatementStatus
from partners.use_cases.make_statements import UnableToState, make_statement
from partners.use_cases.release_statements import (
    UnableToCorrect,
    check_statement,
    enter_correction,
    release_statement,
    send_back,
)
from partners.wording import told

CHECKS, RELEASES = "partners.check_statement", "partners.release_statement"
COUNTS = {
    "links": gettext_lazy("Links"),
    "leads": gettext_lazy("Leads"),
    "campaigns_begun": gettext_lazy("By campaigns: begun"),
    "campaigns_sent": gettext_lazy("By campaigns: sent"),
    "campaigns_approved": gettext_lazy("By campaigns: approved"),
}


def _anew(request: HttpRequest, row: Statement, values: dict[str, Any]) -> str:
    make_statement(partner=row.partner, month=row.month, **acting(request))
    return _("The statement was reckoned anew.")


def _check(request: HttpRequest, row: Statement, values: dict[str, Any]) -> str:
    check_statement(statement=row, by=user_of(request), at=clock.now())
    return _("Checked. Now a second person releases it.")


def _back(request: HttpRequest, row: Statement, values: dict[str, Any]) -> str:
    send_back(statement=row, by=user_of(request), at=clock.now(), reason=values["reason"])
    return _("The statement is to be looked at again.")


def _release(request: HttpRequest, row: Statement, values: dict[str, Any]) -> str:
    release_statement(statement=row, by=user_of(request), at=clock.now())
    return _("Released. The institution sees it and is told.")


def _stands(status: StatementStatus) -> Any:
    return lambda user, row: row.status == status


def _may_release(user: Any, row: Statement) -> bool:
    return row.status == StatementStatus.CHECKED and row.checked_by_ref != user.ref


ACTS = (
    Act(
        key="check",
        title=gettext_lazy("Check"),
        note=gettext_lazy("Every line with its inputs, against contract and corrections."),
        button=gettext_lazy("The sums are right"),
        right=CHECKS,
        run=_check,
        shown=_stands(StatementStatus.MADE),
        refusals=(UnableToState,),
    ),
    Act(
        key="anew",
        title=gettext_lazy("Reckon anew"),
        note=gettext_lazy("Takes in contracts and corrections that came after it was made."),
        button=gettext_lazy("Reckon anew"),
        right=CHECKS,
        run=_anew,
        shown=_stands(StatementStatus.MADE),
        refusals=(UnableToState,),
        kind="2",
    ),
    Act(
        key="release",
        title=pgettext_lazy("statement", "Release"),
        note=gettext_lazy("The institution sees it at once; it never changes afterwards."),
        button=gettext_lazy("Release now"),
        right=RELEASES,
        run=_release,
        shown=_may_release,
        refusals=(UnableToState,),
    ),
    Act(
        key="back",
        title=gettext_lazy("Send back"),
        note=gettext_lazy("Somebody looks at it again."),
        button=gettext_lazy("Send back"),
        right=RELEASES,
        form=NeededReason,
        run=_back,
        shown=_stands(StatementStatus.CHECKED),
        refusals=(UnableToState,),
        kind="stop",
    ),
)


@admin.register(Statement)
class StatementAdmin(ActsAdmin):
    """What institutions are paid, month by month."""

    section = "partners"
    icon = "chart"
    order = 47
    acts = ACTS
    list_display = ["month_name", "partner", "status", "total", "released_at"]
    list_filter = ["status", "partner"]
    list_select_related = ["partner"]
    export_columns = ("partner", "month", "status", "total_yuan", "released_at")
    fields = ["partner", "month_name", "status", "total", "sums", "beside", "checked_by"]
    fields += ["checked_at", "released_by", "released_at", "dispute_by", "rule_version"]
    fields += ["created_at"]
    readonly_fields = ["month_name", "total", "sums", "beside", "checked_by", "released_by"]

    @admin.display(description=gettext_lazy("month"))
    def month_name(self, row: Statement) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("total in yuan"))
    def total(self, row: Statement) -> str:
        return formats.money(row.total_yuan)

    @admin.display(description=gettext_lazy("lines and what they were reckoned from"))
    def sums(self, row: Statement) -> SafeString:
        rows = row.lines.select_related("contract", "correction").order_by("number")
        lines = [(each.number, told(each), formats.money(each.amount_yuan)) for each in rows]
        return format_html_join(SafeString("<br>"), "{} · {} · <b>{}</b>", lines)

    @admin.display(description=gettext_lazy("beside it, for no sum"))
    def beside(self, row: Statement) -> str:
        said = {key: "–" if value is None else value for key, value in row.counts.items()}
        return " · ".join(f"{COUNTS[key]} {value}" for key, value in said.items())

    @admin.display(description=gettext_lazy("checked by"))
    def checked_by(self, row: Statement) -> str:
        return name_of(row.checked_by_ref) if row.checked_by_ref else "–"

    @admin.display(description=gettext_lazy("released by"))
    def released_by(self, row: Statement) -> str:
        return name_of(row.released_by_ref) if row.released_by_ref else "–"

    def title_of(self, row: Any) -> str:
        return f"{row.partner} · {row}"


class CorrectionForm(AddingForm):
    """What a released statement has wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statements: Any = self.fields.get("statement")
        if statements is not None:
            rows = statements.queryset.filter(status=StatementStatus.RELEASED)
            statements.queryset = rows.select_related("partner").order_by("-month", "pk")
            statements.label_from_instance = lambda row: f"{row.partner} · {row}"


@admin.register(Correction)
class CorrectionAdmin(AddsAdmin):
    """Corrections act forward only: each is a line of the next statement."""

    section = "partners"
    icon = "edit"
    order = 48
    form = CorrectionForm
    refusals: ClassVar = (UnableToCorrect,)
    add_label = gettext_lazy("Enter a correction")
    list_display = ["statement", "partner", "amount", "reason", "stands_on"]
    list_select_related = ["statement__partner", "line__statement"]
    readonly_fields = ["partner", "amount", "stands_on", "entered_by", "created_at"]

    @admin.display(description=gettext_lazy("partner"))
    def partner(self, row: Correction) -> str:
        return str(row.statement.partner)

    @admin.display(description=gettext_lazy("amount in yuan"))
    def amount(self, row: Correction) -> str:
        return formats.money(row.amount_yuan)

    @admin.display(description=pgettext_lazy("correction", "stands on"))
    def stands_on(self, row: Correction) -> str:
        line = getattr(row, "line", None)
        return str(line.statement) if line else _("on the next statement")

    @admin.display(description=gettext_lazy("entered by"))
    def entered_by(self, row: Correction) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["statement", "amount_yuan", "reason"]
        return ["partner", "statement", "amount", "reason", *self.readonly_fields[2:]]

    def add(self, request: HttpRequest, row: Any, form: Any) -> Correction:
        given = form.cleaned_data
        return enter_correction(
            statement=given["statement"],
            amount=given["amount_yuan"],
            reason=given["reason"],
            by=user_of(request),
            at=clock.now(),
        )
