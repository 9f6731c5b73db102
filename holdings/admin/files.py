"""The import desk of the trading counter: days with their clocks, files with their errors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from brokerage.backoffice.admin import Act, ActsAdmin
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.core.display import formats
from brokerage.journal.actors import Actor
from holdings.models import CounterFile
from holdings.selectors.averages import late_days
from holdings.selectors.desk import desk_days, unknown_accounts
from holdings.selectors.following import differing_units, moved_money
from holdings.selectors.running import under_way
from holdings.shown import corrected_figures, in_words
from holdings.states import FileStatus
from holdings.use_cases.ask_day import UnableToAsk, ask_day
from holdings.use_cases.bring_files import KEPT, ask_again

RIGHT = "holdings.change_counterfile"
AGAIN = (FileStatus.WAITING, FileStatus.REFUSED)
SHOWN_ISSUES = 50
SHOWN_CHANGES = 100
DAYS = 10


def _again(request: HttpRequest, row: CounterFile, values: dict[str, Any]) -> str:
    if ask_again(file=row, actor=Actor.of(user_of(request)), at=clock.now()):
        return _("The worker fetches it; reload this page to see how far it is.")
    return _("It was asked for already; the worker fetches it.")


def _late(today: date) -> str:
    """The days that averages and tiers wait for, in words; empty for none."""
    return in_words(late_days(today - KEPT, today - timedelta(days=1)))


@admin.register(CounterFile)
class CounterFileAdmin(ActsAdmin):
    """Files as they came, with what they changed or what is wrong with them."""

    section = "business"
    icon = "list"
    order = 40
    list_display = ["day", "kind", "revision", "status", "rows", "issue_count", "decided_at"]
    list_filter = ["status", "kind"]
    fields = ["day", "kind", "revision", "status", "name", "sha256", "rows", "total"]
    fields += ["added", "changed", "removed", "left_out", "received_at", "decided_at", "asked"]
    fields += ["issue_count", "errors", "corrected"]
    acts = (
        Act(
            key="again",
            title=gettext_lazy("Fetch it again"),
            button=gettext_lazy("Fetch it again"),
            right=RIGHT,
            run=_again,
            shown=lambda user, row: row.status in AGAIN,
            note=gettext_lazy("A corrected file has a higher revision and comes by itself."),
        ),
    )

    def title_of(self, row: CounterFile) -> str:
        return f"{row.get_kind_display()} {row.day:%Y-%m-%d} · {row.revision}"

    @admin.display(description=gettext_lazy("errors"))
    def errors(self, row: CounterFile) -> SafeString | str:
        """Line, column and what is wrong; the first ones."""
        lines = [
            (each.row or "–", each.field or "–", each.get_code_display())
            for each in row.issues.all()[:SHOWN_ISSUES]
        ]
        return format_html_join(SafeString("<br>"), "{} · {} · {}", lines) or "–"

    @admin.display(description=gettext_lazy("corrected rows"))
    def corrected(self, row: CounterFile) -> SafeString | str:
        """What the file changed of a day that was there: account, security, before and after."""
        changes = row.changes.select_related("account", "instrument")[:SHOWN_CHANGES]
        lines = [
            (
                " ".join(
                    filter(
                        None,
                        (
                            str(each.account.ref) if each.account else "",
                            str(each.instrument or ""),
                            each.number,
                        ),
                    )
                ),
                corrected_figures(each),
            )
            for each in changes
        ]
        if not lines:
            return "–"
        told = format_html_join(SafeString("<br>"), "{} · {}", lines)
        total = row.added + row.changed + row.removed
        if total <= len(lines):
            return told
        more = ngettext(
            "The first {n} row of {total}", "The first {n} rows of {total}", len(lines)
        )
        shown = more.format(n=len(lines), total=formats.number(total))
        return format_html("{}<br>{}", told, shown)

    @admin.display(description=gettext_lazy("fetched again"))
    def asked(self, row: CounterFile) -> str:
        """How far the worker is with what the desk asked for."""
        if row.asked_at is None:
            return str(row.get_ask_problem_display()) or "–"
        running = under_way()
        if running is None:
            return _("Asked for at {time}; the worker comes to it").format(
                time=formats.time(row.asked_at)
            )
        return _("A file is being taken: {lines} lines read").format(
            lines=formats.number(running.lines)
        )

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        desk = require_http_methods(["GET", "HEAD", "POST"])(self.desk_view)
        return [path("desk/", wrap(desk), name="holdings_desk"), *super().own_urls()]

    def desk_view(self, request: HttpRequest) -> HttpResponse:
        """The last trading days, each kind of file with its clock; by POST ask for a day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = clock.now()
        if request.method == "POST":
            return self._ask(request)
        days = desk_days(clock.business_date(at), DAYS)
        wanted = request.GET.get("day", "")
        looked_at = next((each for each in days if each.was_compared(wanted)), None)
        day = looked_at.day if looked_at else None
        context = {
            "days": days,
            "now": at,
            "running": under_way(),
            "late": _late(clock.business_date(at)),
            "unknown": unknown_accounts(),
            "looked_at": looked_at,
            "differing": differing_units(day) if day else [],
            "moved": moved_money(day) if day else [],
            "unknown_url": reverse("admin:holdings_unknownaccount_changelist"),
            "waive_url": self._waive_url(request),
            "may_ask": roles.may(request.user, RIGHT),
            "list_url": reverse(self.url_name("changelist")),
        }
        return page(request, "admin/holdings/desk.html", context)

    def _waive_url(self, request: HttpRequest) -> str:
        """Where a day is given up, for whoever may propose it."""
        may = roles.may(request.user, "holdings.add_waivedday")
        return reverse("admin:holdings_waivedday_add") if may else ""

    def _ask(self, request: HttpRequest) -> HttpResponse:
        if not roles.may(request.user, RIGHT):
            raise PermissionDenied
        try:
            day = date.fromisoformat(request.POST.get("day", ""))
            asked = ask_day(day=day, by=user_of(request), at=clock.now())
        except ValueError:
            self.message_user(request, _("Choose a day of the list."), messages.ERROR)
        except UnableToAsk as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(
                request,
                _("The files of this day are being fetched.")
                if asked
                else _("It was asked for already; the worker fetches it."),
            )
        return redirect("admin:holdings_desk")
