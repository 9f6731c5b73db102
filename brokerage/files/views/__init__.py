"""One address for every file; whether it exists for somebody is a question of scope."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from brokerage.core import clock, scope
from brokerage.files.models import StoredFile
from brokerage.files.serving import serve
from brokerage.journal.actors import Actor


@require_safe
@login_required
def file_page(request: HttpRequest, ref: UUID) -> HttpResponse | StreamingHttpResponse:
    """The content of a file; who is not a customer looks at another person's, on record."""
    file = scope.visible_or_404(StoredFile, request.user, ref=ref)
    stranger = getattr(request.user, "kind", "") != "customer"
    return serve(
        request,
        file,
        at=clock.now(),
        revealed_to=Actor.of(request.user) if stranger else None,  # type: ignore[arg-type]  # signed in
    )
