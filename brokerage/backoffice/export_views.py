"""Taking the file of an export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from brokerage.backoffice import exports
from brokerage.backoffice.models import Export
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.users.stepup import require_step_up


def fetch(request: HttpRequest, ref: UUID) -> Any:
    """The file of an export, for the person who asked for it; after a step-up."""
    ready = Export.objects.of(user_of(request).ref).filter(
        finished_at__gt=clock.now() - exports.KEPT
    )
    export = ready.filter(ref=ref).first()
    if export is None:
        raise Http404
    return require_step_up(_send)(request, export)


def _send(request: HttpRequest, export: Export) -> HttpResponse:
    exports.note_fetched(export=export, user=user_of(request), at=clock.now())
    name = f"{export.model_label.lower()}-{clock.business_date(export.made_at)}.csv"
    return StreamingHttpResponse(  # type: ignore[return-value]
        exports.lines_of(export),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
