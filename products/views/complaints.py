"""A customer's own complaint and our answer to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.customers.own import own_or_404
from products.models import Complaint


@login_required
@require_safe
def complaint(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What was taken down, when, and what was answered."""
    found = own_or_404(Complaint.objects.select_related("product__item"), request, ref)
    return render(request, "products/complaint.html", {"complaint": found})
