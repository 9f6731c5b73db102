"""What trading costs: the published rates, and one trade broken down to the cent."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branches.commission.dated import SAMPLE, all_fees
from branches.commission.forms import TradeForm
from branches.commission.quoting import quote
from branches.commission.selectors import published, standard_rates
from branches.commission.terms import Market, Product, Side
from brokerage.core import clock
from brokerage.core.everybody import for_everybody
from brokerage.reference.models import Rule


@require_safe
@for_everybody
def costs(request: HttpRequest) -> HttpResponse:
    """The firm's published rates; a trade typed into the form is broken down below it."""
    today = clock.today()
    rates, fees = standard_rates(today), all_fees(today)
    form = TradeForm(request.GET if "amount" in request.GET else _start(today))
    bill = None
    if form.is_valid():
        trade = form.trade
        cell = (trade.market, trade.product, trade.business)
        found = [row for row in rates if (row.market, row.product, row.business) == cell]
        known = fees.get((trade.market, trade.product))
        if found and known:
            bill = quote(
                terms=found[0].terms,
                fees=known,
                amount=trade.amount,
                selling=trade.side == Side.SELL,
            )
        else:
            form.add_error("market", _("We do not trade this on this market."))
    return render(
        request,
        "branches/costs.html",
        {"form": form, "bill": bill, "lines": published(rates), "today": today},
    )


def _start(today: date) -> dict[str, str]:
    """The firm's sample trade."""
    amount = Rule.objects.in_force(SAMPLE, today).figure
    return {
        "product": Product.STOCK,
        "market": Market.SH,
        "side": Side.BUY,
        "amount": f"{amount:.0f}",
    }
