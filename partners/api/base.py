"""What every partner endpoint shares: who calls, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core.api.etags import etag, etag_of_content, is_unchanged
from brokerage.core.api.limits import Count, Limit
from brokerage.core.api.problems import Problem
from brokerage.core.api.serializers import Nothing
from brokerage.core.api.views import ApiViewSet
from brokerage.journal.api import IdempotentPosts
from partners.api.authentication import PartnerAuthentication
from partners.models import ApiClient
from partners.models.quotas import MOST
from partners.rate_windows import count

BY_ADDRESS = Limit("address", 1200)
BY_CLIENT = Limit("client", MOST)
"""The most that anybody is given; how often a client may call is data (`Credential.calls`)."""


REFERENCE = r"\A[A-Za-z0-9._:-]+\Z"
LONGEST_REFERENCE = 64
"""What an institution calls an object of its own; used once for each kind."""


class PartnerViewSet(IdempotentPosts, ApiViewSet):
    """An endpoint that an institution's client calls."""

    authentication_classes = [PartnerAuthentication]
    after_the_end: ClassVar[bool] = False
    """Whether institutions whose last contract ended lately still read it."""
    address_limit: ClassVar[Limit | None] = BY_ADDRESS
    client_limit: ClassVar[Limit | None] = BY_CLIENT
    count: ClassVar[Count] = staticmethod(count)

    def limit_of(self, request: Request) -> Limit | None:
        """The agreed quota of the client that calls, under the ceiling of the house."""
        limit, calls = self.client_limit, getattr(request.user, "calls", None)
        if limit is None or calls is None:
            return limit
        return replace(limit, quota=min(limit.quota, calls))


class Tagged(mixins.ListModelMixin, PartnerViewSet):
    """What changes seldom and has no version: its answers carry a tag of what they say."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page; 304 where the caller has it already.

        Cursors are signed anew each time; the tag knows only whether there are any.
        """
        page = super().list(request, *args, **kwargs)
        ways = [bool(page.data["next"]), bool(page.data["prev"])]
        return self.tagged(request, page.data, [page.data["data"], ways])

    def retrieve(self, request: Request, ref: UUID) -> Response:
        """One object; 304 where the caller has it already."""
        row = get_object_or_404(self.get_queryset(), ref=ref)
        told = self.get_serializer(row).data
        return self.tagged(request, told, told)

    def tagged(self, request: Request, told: Any, meant: Any) -> Response:
        """An answer with the tag of what is meant by it."""
        headers = {"ETag": etag_of_content(meant)}
        if is_unchanged(request, headers["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(told, headers=headers)


class Versioned(PartnerViewSet):
    """Objects of the caller's institution that are read by their ref, with their ETag."""

    def retrieve(self, request: Request, ref: UUID) -> Response:
        row = self.own(ref)
        tag = self.tag(row)
        if is_unchanged(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(self.get_serializer(row).data, headers={"ETag": tag})

    def tag(self, row: Any) -> str:
        """The tag of what the caller is told of the row."""
        return etag(row.ref, row.version)

    def own(self, ref: UUID) -> Any:
        """The caller's object; raises Http404 for any other."""
        found = self.get_queryset().filter(ref=ref).first()
        if found is None:
            raise Http404
        return found


def caller(request: Request) -> ApiClient:
    """The client that calls; its partner is loaded."""
    client: ApiClient = request.user  # type: ignore[assignment]  # programs alone come here
    return client


def refuse_fields(request: Request) -> None:
    """Refuse a body with fields where an act needs none; nobody may think that they counted.

    Raises:
        ValidationError: naming them.
    """
    Nothing(data=request.data or {}).is_valid(raise_exception=True)


def looked_up(**looks: Callable[[], Any]) -> dict[str, Any]:
    """The objects that a body names, by field; all that are not there are told together.

    Args:
        looks: each finds one, or raises ValidationError.

    Raises:
        ValidationError: with the errors of all fields.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, look in looks.items():
        try:
            found[name] = look()
        except serializers.ValidationError as error:
            wrong.update(error.detail)  # type: ignore[arg-type]
    if wrong:
        raise serializers.ValidationError(wrong)
    return found


def problem_of(refusal: Any) -> Problem:
    """A use case's refusal: wrong fields with their pointers; else it does not fit the state."""
    errors: dict[str, list[str]] = refusal.errors
    if {"__all__", "partner_reference"} & set(errors):
        return Problem("conflict", str(refusal))
    return Problem(
        "invalid-fields",
        errors=[
            {"pointer": f"/{name}", "code": "invalid", "detail": text}
            for name, texts in errors.items()
            for text in texts
        ],
    )
