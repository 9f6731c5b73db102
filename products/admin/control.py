"""The product desk's control: each product with what may go wrong."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from brokerage.core import clock, roles, scope
from products.models import Product
from products.selectors.control import watched

SEE = "products.see_control"


@require_safe
def control_view(request: HttpRequest) -> HttpResponse:
    """Products by code; each leads to its page, where it can be suspended at once."""
    if not roles.may(request.user, SEE):
        raise PermissionDenied
    request.current_app = admin.site.name
    after = request.GET.get("after", "")[:40]
    lines, more = watched(scope.visible(Product, request.user), clock.today(), after=after)
    context = {
        **admin.site.each_context(request),
        "lines": lines,
        "next_url": f"?{urlencode({'after': more})}" if more else "",
        "first_url": "?" if after else "",
    }
    return TemplateResponse(request, "admin/products/control.html", context)
