"""What an institution suggests or complains of by hand, with the day of our answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock, scope
from partners.forms import RemarkForm
from partners.models import Remark
from partners.states import ApiScope
from partners.use_cases.remarks import make_remark
from partners.views.frame import Desk, for_operators

SHOWN = 50
"""Remarks on the page, the newest first; older ones stand in the API."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators()
def remarks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was said, by program or by hand, and our answers; POST says something new."""
    desk.need(ApiScope.REMARKS_WRITE)
    form = RemarkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        make_remark(partner=desk.partner, operator=desk.user, at=clock.now(), **form.cleaned_data)
        messages.success(request, _("Received. We answer by the day that stands below."))
        return redirect("partners:remarks")
    rows = scope.visible(Remark, desk.user).order_by("-pk")[:SHOWN]
    context = {"desk": desk, "remarks": rows, "form": form, "manager": desk.partner.manager}
    status = 422 if form.errors else 200
    return render(request, "partners/desk/remarks.html", context, status=status)
