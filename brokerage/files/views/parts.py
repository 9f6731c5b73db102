"""Addresses that take a file in pieces, for scripts of our own pages (docs/files.md).

Every answer is JSON: how far the file has come, or `{code, detail}` with the sentence for the
person in front of it, in their language.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from brokerage.core import clock
from brokerage.files.bodies import RequestBody
from brokerage.files.models import StoredFile
from brokerage.files.purposes import Purpose, purposes
from brokerage.files.refusals import UnableToStore
from brokerage.files.states import Status
from brokerage.files.use_cases import send_in_parts
from brokerage.files.use_cases.send_in_parts import PART_MOST, Progress
from brokerage.journal.actors import Actor

STATUS = {"part_missing": 409, "part_differs": 409, "ended": 409, "no_space": 503, "storage": 503}
REFUSED = 422


class _View(Protocol):
    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def _told(view: _View) -> _View:
    """Refusals as JSON; a wrong form of the request itself is a 400."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UnableToStore as refused:
            answer: dict[str, Any] = {"code": refused.code, "detail": refused.messages[0]}
            if (ref := kwargs.get("ref")) is not None:
                open_files = StoredFile.objects.filter(ref=ref, status=Status.RECEIVING)
                if file := open_files.first():
                    answer["next"] = send_in_parts.progress(file).next
            return JsonResponse(answer, status=STATUS.get(refused.code, REFUSED))
        except ValueError as error:
            return JsonResponse({"code": "malformed", "detail": str(error)}, status=400)

    return wrapper


@require_POST
@login_required
@_told
def begin_upload(request: HttpRequest) -> HttpResponse:
    """Open a file: `purpose`, `owner` and, where it is known, `size` as form fields."""
    owner = _uuid(request.POST.get("owner", ""))
    rules = _rules_for(request.user, request.POST.get("purpose", ""), owner)
    size = request.POST.get("size", "")
    file = send_in_parts.begin(
        purpose=rules.key, owner_ref=owner, at=clock.now(), size=int(size) if size else None
    )
    return _progress(file, Progress(0, 0), status=201)


@require_http_methods(["GET", "HEAD", "DELETE"])
@login_required
@_told
def upload(request: HttpRequest, ref: UUID) -> HttpResponse:
    """How far the file has come; DELETE gives it up."""
    file = _mine(request, ref)
    if request.method == "DELETE":
        send_in_parts.give_up(file=file)
        return HttpResponse(status=204)
    return _progress(file, send_in_parts.progress(file))


@require_http_methods(["PUT"])
@login_required
@_told
def upload_part(request: HttpRequest, ref: UUID, number: int) -> HttpResponse:
    """One piece as the body; `Content-Digest: sha-256=:…:` (RFC 9530) is checked where given."""
    file = _mine(request, ref)
    body = RequestBody(request, most=PART_MOST)
    return _progress(
        file,
        send_in_parts.add_part(file=file, number=number, upload=body, at=clock.now()),
    )


@require_POST
@login_required
@_told
def finish_upload(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Put the pieces together: `parts`, how many, and `sha256` of the whole as form fields."""
    file = send_in_parts.finish(
        file=_mine(request, ref),
        parts=int(request.POST.get("parts", "")),
        sha256=request.POST.get("sha256", "").lower(),
        actor=Actor.of(request.user),  # type: ignore[arg-type]  # signed in
        at=clock.now(),
    )
    return JsonResponse({"file": str(file.ref), "status": file.status}, status=201)


def _mine(request: HttpRequest, ref: UUID) -> StoredFile:
    """The file, if this person may send files for its owner; else there is none."""
    file = StoredFile.objects.filter(ref=ref, original=None).first()
    if file is None:
        raise Http404
    _rules_for(request.user, file.purpose, file.owner_ref)
    return file


def _rules_for(user: Any, purpose: str, owner: UUID) -> Purpose:
    rules = purposes.get(purpose) if purpose in purposes else None
    if rules is None or rules.may_send is None or not rules.may_send(user, owner):
        raise Http404
    return rules


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _progress(file: StoredFile, done: Progress, *, status: int = 200) -> JsonResponse:
    return JsonResponse(
        {
            "upload": reverse("files:upload", args=[file.ref]),
            "finish": reverse("files:finish", args=[file.ref]),
            "next": done.next,
            "received": done.received,
            "part_most": PART_MOST,
        },
        status=status,
    )
