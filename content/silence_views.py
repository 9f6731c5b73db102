"""A customer's switch: no offers for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404, customer_user_or_404
from brokerage.journal.actors import Actor
from content.reminder_rules import silence_rule_on
from content.use_cases.cool_off import UnableToCoolOff, cool_off, end_cooling_off, running


class DaysForm(forms.Form):
    """How many days, of those that the rule in force offers."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("For how long"), widget=forms.RadioSelect, coerce=int
    )

    def __init__(self, *args: Any, offered: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["days"]
        field.choices = [
            (days, ngettext("{n} day", "{n} days", days).format(n=days)) for days in offered
        ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cooling_off(request: HttpRequest) -> HttpResponse:
    """What holds now, a choice of days, and an early end."""
    customer, at = customer_or_404(request), clock.now()
    rule = silence_rule_on(business_date(at))
    if request.method == "POST" and "end" in request.POST:
        return _end(request, customer)
    form = DaysForm(request.POST or None, offered=rule.days)
    if request.method == "POST" and form.is_valid():
        days, actor = form.cleaned_data["days"], Actor.of(customer_user_or_404(request))
        try:
            cool_off(customer=customer, days=days, actor=actor, at=at)
        except UnableToCoolOff as error:
            form.add_error("days", str(error))
        else:
            messages.success(request, _("It holds from now on."))
            return redirect("content:cooling_off")
    now = running(customer, at)
    context = {
        "form": form,
        "running": now,
        "can_end": now is not None and now.until > at + timedelta(hours=rule.end_hours),
        "hours": rule.end_hours,
    }
    return render(request, "content/cooling_off.html", context)


def _end(request: HttpRequest, customer: Customer) -> HttpResponse:
    end_cooling_off(
        customer=customer, actor=Actor.of(customer_user_or_404(request)), at=clock.now()
    )
    return redirect("content:cooling_off")
