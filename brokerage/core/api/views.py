"""The base of every endpoint, and the two pages that belong to no object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from brokerage.core import clock
from brokerage.core.api import limits
from brokerage.core.api.catalogue import PROBLEMS
from brokerage.core.api.deprecation import Deprecation
from brokerage.core.api.pagination import PARAMETERS
from brokerage.core.api.problems import Problem, problem_response
from brokerage.core.middleware import client_address, network_of


class ApiViewSet(GenericViewSet[Any]):
    """An endpoint that refuses what it does not declare.

    Attributes:
        scopes: scope by action; an action without an entry is refused.
        parameters: query parameters by action, besides `cursor` and `limit` of lists.
        deprecated: by action, what every answer announces (deprecation.py).
        address_limit, client_limit: rate limits; `count` keeps the counters.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    parameters: ClassVar[Mapping[str, frozenset[str]]] = {}
    deprecated: ClassVar[Mapping[str, Deprecation]] = {}
    address_limit: ClassVar[limits.Limit | None] = None
    client_limit: ClassVar[limits.Limit | None] = None
    count: ClassVar[limits.Count]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.spent: list[limits.Spent] = []
        # Before authentication, so that guessing tokens is limited too.
        address = network_of(client_address(request._request))
        self.spend(self.address_limit, address)
        super().initial(request, *args, **kwargs)
        self.spend(self.limit_of(request), str(getattr(request.user, "ref", "")))
        self.check_parameters(request)

    def limit_of(self, request: Request) -> limits.Limit | None:
        """The limit of whoever calls; a child may know it better than the class."""
        return self.client_limit

    def spend(self, limit: limits.Limit | None, key: str) -> None:
        """Count this request against a limit; raises Problem(rate-limited)."""
        if limit is None:
            return
        self.spent.append(limits.spend(limit, key, at=clock.now(), count=type(self).count))
        limits.refuse_if_spent(self.spent[-1])

    def check_parameters(self, request: Request) -> None:
        """Refuse unknown and repeated query parameters: two readers might differ on them."""
        known = self.parameters.get(self.action or "", frozenset())
        if self.action == "list":
            known |= PARAMETERS
        for name, values in request.query_params.lists():
            if name not in known:
                raise Problem("invalid-parameter", _("There is no such query parameter."))
            if len(values) > 1:
                raise Problem("invalid-parameter", _("A query parameter stands twice."))
            if "\x00" in values[0] or "\ufffd" in values[0]:
                raise Problem("invalid-parameter", _("A query parameter is not text."))

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        done: Response = super().finalize_response(request, response, *args, **kwargs)
        done.headers["Cache-Control"] = "no-store"
        if spent := getattr(self, "spent", []):
            for name, value in limits.headers(spent).items():
                done.headers[name] = value
        if announced := self.deprecated.get(self.action or ""):
            for name, value in announced.headers(request).items():
                done.headers[name] = value
        return done


@require_safe
def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """What a `type` address leads to: the problem explained, for people or as JSON."""
    if code not in PROBLEMS:
        raise Http404
    kind = PROBLEMS.get(code)
    if request.accepts("text/html"):
        return render(request, "api/problem.html", {"kind": kind})
    return JsonResponse(
        {
            "code": kind.code,
            "status": kind.status,
            "title": str(kind.title),
            "advice": str(kind.advice),
            "retryable": kind.retryable,
        }
    )


@csrf_exempt
def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The API answers in its own language even where there is nothing."""
    return problem_response(Problem("not-found"), request)
