"""First days of accounts: the greeting of the outlet, and how many had assets in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import FirstDays
from accounts.plan.home import GREETS
from accounts.plan.selectors import figures_by_outlet, lines_of, with_facts
from accounts.plan.states import GreetingOutcome
from accounts.use_cases.first_days import UnableToGreet, note_greeting
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock, scope

WEEKS, OUTLETS = 13, 20


class GreetingForm(ActForm):
    """What came of the greeting."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("greeting", "What came of it"), choices=GreetingOutcome
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the outlet"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _greet(request: HttpRequest, row: FirstDays, values: dict[str, Any]) -> str:
    done = note_greeting(
        plan=row,
        outcome=GreetingOutcome(values["outcome"]),
        note=values["note"],
        officer=user_of(request),
        at=clock.now(),
    )
    return _("Noted.") if done.outcome else _("Noted. Try again by the time that is shown.")


@admin.register(FirstDays)
class FirstDaysAdmin(ActsAdmin):
    """What customers did first with their accounts, and whether the outlet greeted them."""

    section = "business"
    icon = "user"
    order = 16
    list_display = ["__str__", "outlet", "started_on", "ends_on", "greet_by", "outcome"]
    list_filter = ["outcome"]
    list_select_related = ["application__outlet"]
    change_list_template = "accounts/review/first_days.html"
    fields = ["application", "started_on", "ends_on", "done_of_it", "rule_version", "greet_by"]
    fields += ["tries", "outcome", "note", "greeted_by", "greeted_at"]
    acts = (
        Act(
            key="greet",
            title=gettext_lazy("Greet the customer"),
            button=gettext_lazy("Keep what came of it"),
            right=GREETS,
            form=GreetingForm,
            run=_greet,
            shown=lambda user, row: (
                row.greet_by is not None
                and row.ends_on > clock.today()
                and row.application.applicant_id != user.pk
            ),
            refusals=(UnableToGreet,),
            note=gettext_lazy(
                "Say who you are, ask whether everything works, and sell nothing in this call."
            ),
        ),
    )

    @admin.display(description=gettext_lazy("outlet"))
    def outlet(self, row: FirstDays) -> str:
        return str(row.application.outlet)

    @admin.display(description=gettext_lazy("steps"))
    def done_of_it(self, row: FirstDays) -> str:
        """Each step, and whether it is done."""
        plan = with_facts(FirstDays.objects.filter(pk=row.pk)).get()
        return " · ".join(
            f"{line.label}: {_('Done') if line.done else _('Not yet')}" for line in lines_of(plan)
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        last = clock.today()
        context = (extra_context or {}) | {
            "weeks": WEEKS,
            "figures": figures_by_outlet(
                scope.visible(FirstDays, request.user),
                first=last - timedelta(weeks=WEEKS),
                last=last,
                most=OUTLETS,
            ),
        }
        answer: HttpResponse = super().changelist_view(request, context)
        return answer
