"""The product desk's control: each product with what may go wrong."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from brokerage.backoffice.frame import page
from brokerage.core import clock, roles, scope
from products.models import Product
from products.selectors.control import watched

SEE = "products.see_control"


@require_safe
def control_view(request: HttpRequest) -> HttpResponse:
    """Products by code; each leads to its page, where it can be suspended at once."""
    if not roles.may(request.user, SEE):
        raise PermissionDenied
    after = request.GET.get("after", "")[:40]
    lines, more = watched(scope.visible(Product, request.user), clock.today(), after=after)
    context = {
        "lines": lines,
        "next_url": f"?{urlencode({'after': more})}" if more else "",
        "first_url": "?" if after else "",
    }
    return page(request, "admin/products/control.html", context)
