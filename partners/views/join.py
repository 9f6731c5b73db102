"""Behind the link of an invitation: whom it is for, and the password that makes the log-in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from partners.forms import JoinForm
from partners.use_cases.operators import UnableToJoin, invited_by, join


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password, then sign in as ever; a link that opens nothing says so with 404."""
    at = clock.now()
    operator = invited_by(token, at)
    if operator is None:
        return _page(request, {}, status=404)
    form = JoinForm(request.POST if request.method == "POST" else None, operator=operator)
    if form.is_valid():
        password = form.cleaned_data["password1"]
        try:
            join(token=token, password=password, at=at, language=get_language() or "")
        except UnableToJoin as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Your password is set. Sign in; then a second factor is set up.")
            )
            return redirect("staff_login")
    context = {"operator": operator, "form": form}
    return _page(request, context, status=422 if form.errors else 200)


def _page(request: HttpRequest, context: dict[str, object], *, status: int) -> HttpResponse:
    answer = render(request, "partners/desk/join.html", context, status=status)
    # The address is the way in, so no other site hears it; "no-referrer" would take the origin
    # from our own form, too, and its CSRF check with it.
    answer["Referrer-Policy"] = "same-origin"
    return answer
