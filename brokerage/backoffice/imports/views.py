"""Pages before there is a run: which list, which file."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from brokerage.backoffice.frame import page
from brokerage.backoffice.imports.forms import FileForm
from brokerage.backoffice.imports.importer import Importer, importers, may_bring
from brokerage.backoffice.imports.refusals import UnableToImport
from brokerage.backoffice.imports.template_file import template_file
from brokerage.backoffice.imports.use_cases.receive_file import receive_file
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles


def mine(user: Any) -> list[Importer]:
    """The lists that this person may bring."""
    return [importer for importer in importers if may_bring(user, importer)]


def choose(request: HttpRequest) -> HttpResponse:
    """Which kind of list it is."""
    if not roles.may(request.user, "backoffice.add_importrun"):
        raise PermissionDenied
    return page(request, "admin/imports/choose.html", {"importers": mine(request.user)})


def bring(request: HttpRequest, key: str) -> HttpResponse:
    """What the list has to look like, and the way to send it."""
    importer = _importer(request, key)
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    if sent and form.is_valid():
        try:
            run = receive_file(
                upload=form.cleaned_data["file"],
                importer=importer,
                maker=user_of(request),
                at=clock.now(),
                announced=form.cleaned_data["rows"],
            )
        except UnableToImport as error:
            form.add_error("file", str(error))
        else:
            return redirect(admin.site.url_of(run))  # type: ignore[attr-defined]  # the site is ours
    return page(request, "admin/imports/bring.html", {"importer": importer, "form": form})


def template(request: HttpRequest, key: str) -> HttpResponse:
    """The empty list to fill in."""
    importer = _importer(request, key)
    return HttpResponse(
        template_file(importer),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{importer.key}.csv"'},
    )


def _importer(request: HttpRequest, key: str) -> Importer:
    if not roles.may(request.user, "backoffice.add_importrun"):
        raise PermissionDenied
    importer = importers.get(key) if key in importers else None
    if importer is None or not may_bring(request.user, importer):
        raise Http404
    return importer
