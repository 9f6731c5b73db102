"""The answers of the paper as its script sends them: the whole sheet, while the person goes on."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.customers.own import customer_user_or_404
from suitability.use_cases import AnswerRefused, keep_sheet
from suitability.views.assessment import MINE


@login_required
@require_http_methods(["PUT"])
def answers(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Keep all answers given so far, as `static/portal/paper.js` sends them.

    The body names the chosen options by question (JSON), `of` in the address the content that was
    shown, `If-Match` the mark of what the page knows to be kept.

    Returns:
        204: kept, with the next mark as `ETag`. 412: another device wrote meanwhile, with what
        stands there now. 409: closed, or moved to another version; its page tells more. 422:
        an answer that the version does not have.
    """
    content_hash = request.GET.get("of", "")
    refused = HTTPStatus.PRECONDITION_FAILED
    try:
        mark = keep_sheet(
            user=customer_user_or_404(request),
            ref=ref,
            content_hash=content_hash,
            mark=request.headers.get("If-Match", "").strip('"'),
            given=_given(request.body),
        )
    except AnswerRefused:
        mark, refused = None, HTTPStatus.UNPROCESSABLE_ENTITY
    if mark:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{mark}"'})
    assessment = MINE.or_404(request, ref)
    if assessment.is_submitted or assessment.questionnaire.content_hash != content_hash:
        refused = HTTPStatus.CONFLICT
    return JsonResponse({"given": assessment.given, "mark": assessment.mark}, status=refused)


def _given(body: bytes) -> dict[str, list[str]]:
    """The sheet of the body; raises AnswerRefused where it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(_are_keys(each) for each in found.values()):
        raise AnswerRefused(_("Choose one of the answers below."))
    return found


def _are_keys(chosen: Any) -> bool:
    return isinstance(chosen, list) and all(isinstance(each, str) for each in chosen)
