"""A customer's contract of a private fund: where it stands, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.customers.own import own_or_404
from brokerage.journal.actors import Actor
from products.models import PrivateContract
from products.private_states import PrivateStatus
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.private_selling import cancel_contract


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def private(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One contract; POST takes it back, and asks for no reason."""
    wanted = ("product__item", "company", "outlet", "customer", "order")
    rows = PrivateContract.objects.select_related(*wanted)
    found = own_or_404(rows, request, ref)
    if request.method == "POST":
        user: Any = request.user
        try:
            cancel_contract(contract=found, actor=Actor.of(user), at=clock.now())
        except UnableToOrder as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You took it back. All of the money goes back to you."))
        return redirect("products:private", ref=ref)
    context = {"contract": found, "can_cancel": found.status == PrivateStatus.COOLING}
    return render(request, "products/private.html", context)
