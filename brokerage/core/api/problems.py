"""Errors as problem documents (RFC 9457): every refusal of the API has this one form."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.response import Response

from brokerage.core import context
from brokerage.core.api.catalogue import PROBLEMS, ProblemType, Text

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("brokerage.api")


class Problem(exceptions.APIException):
    """A refusal with a code of the catalogue.

    Args:
        code: a code of PROBLEMS.
        detail: what is special about this occurrence, translated, without personal data.
        errors: entries `{pointer, code, detail}` for single fields.
        headers: more response headers, such as Retry-After.
        members: more members of the body (RFC 9457), such as the ref of an own object.
    """

    def __init__(
        self,
        code: str,
        detail: Text | None = None,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        self.type: ProblemType = PROBLEMS.get(code)
        self.status_code = self.type.status
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        super().__init__(str(detail or self.type.advice), code)


def exception_handler(exc: Exception, info: Mapping[str, Any]) -> Response:
    """DRF's hook: turn any exception of a view into a problem response."""
    problem = as_problem(exc)
    if problem.status_code >= 500:
        log.error("api.failed", exc_info=exc)
    return Response(
        document(problem, info["request"]),
        status=problem.status_code,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def problem_response(problem: Problem, request: HttpRequest) -> JsonResponse:
    """A problem outside DRF: the token endpoint, an address that does not exist."""
    return JsonResponse(
        document(problem, request),
        status=problem.status_code,
        headers=problem.headers,
        content_type=MEDIA_TYPE,
    )


def document(problem: Problem, request: Any) -> dict[str, Any]:
    """The body. It names no object, so a stranger's 404 equals that of a missing id."""
    kind = problem.type
    body: dict[str, Any] = {
        "type": request.build_absolute_uri(reverse("api-problem", args=[kind.code])),
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(problem.detail),
        "code": kind.code,
        "retryable": kind.retryable,
        "request_id": context.current().request_id,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return problem.members | body


def as_problem(exc: Exception) -> Problem:
    """The problem that an exception means to the caller; unknown ones are internal errors."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return Problem("invalid-fields", errors=list(field_errors(exc.detail)))
    if isinstance(exc, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        given = isinstance(exc, exceptions.AuthenticationFailed)
        return Problem("not-authenticated", headers={"WWW-Authenticate": challenge(given)})
    if isinstance(exc, OperationalError | InterfaceError):
        return Problem("unavailable", headers={"Retry-After": "2"})
    for types, code in SIMPLE:
        if isinstance(exc, types):
            return Problem(code)
    return Problem("internal-error")


SIMPLE: list[tuple[tuple[type[Exception], ...], str]] = [
    ((exceptions.NotFound, Http404), "not-found"),
    ((exceptions.PermissionDenied, PermissionDenied), "forbidden"),
    ((exceptions.MethodNotAllowed,), "method-not-allowed"),
    ((exceptions.NotAcceptable,), "not-acceptable"),
    ((exceptions.UnsupportedMediaType,), "unsupported-media-type"),
    ((RequestDataTooBig,), "body-too-large"),
    ((exceptions.ParseError, UnreadablePostError), "malformed-body"),
]


def challenge(given: bool) -> str:
    """The WWW-Authenticate header (RFC 6750): names the error only where a token was sent."""
    return 'Bearer realm="api", error="invalid_token"' if given else 'Bearer realm="api"'


def field_errors(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested errors to `{pointer, code, detail}` (JSON pointers, RFC 6901)."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = name == "non_field_errors"
            yield from field_errors(inner, pointer if own else f"{pointer}/{escaped(str(name))}")
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            if not nested:
                yield from field_errors(inner, pointer)
            elif inner:
                yield from field_errors(inner, f"{pointer}/{index}")
    else:
        yield {
            "pointer": pointer,
            "code": str(getattr(detail, "code", "invalid")).replace("_", "-"),
            "detail": str(detail),
        }


def escaped(name: str) -> str:
    """One step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
