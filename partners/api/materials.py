"""Approved materials: which version an institution may show today, and its file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers, status
from rest_framework.request import Request

from brokerage.core import clock
from brokerage.core.api.catalogue import declare
from brokerage.core.api.etags import etag
from brokerage.core.api.problems import Problem
from brokerage.files import api as files
from brokerage.files.states import Status
from partners.api.base import Versioned, caller
from partners.api.filters import words
from partners.api.serializers import Utc
from partners.models import Material
from partners.states import OPEN_MATERIALS, ApiScope, MaterialState
from partners.use_cases.materials import version_of

declare(
    "material-gone",
    410,
    _("This material may not be shown"),
    _("It was withdrawn, replaced, or its time has passed. The list says what is in force."),
)


class MaterialSerializer(serializers.ModelSerializer[Material]):
    """A version of a material as its institution sees it.

    The digest is that of the file which is handed out: an image is a clean copy of what was sent.
    """

    number = serializers.IntegerField(source="version", read_only=True)
    status = serializers.CharField(source="state", read_only=True)
    approved_at = Utc(source="checked_at", read_only=True)
    withdrawn_at = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()

    class Meta:
        model = Material
        fields = ["ref", "code", "number", "title", "status", "valid_from", "valid_to"]
        fields += ["opinion_number", "approved_at", "withdrawn_at", "file", "version"]
        read_only_fields = fields

    def get_withdrawn_at(self, material: Material) -> str | None:
        """When it was taken away from everybody; null where it was not."""
        found = getattr(material, "withdrawal", None)
        return Utc().to_representation(found.at) if found else None

    def get_file(self, material: Material) -> dict[str, Any] | None:
        """What is handed out; null where nothing is."""
        shown = _shown(material.file) if material.state in OPEN_MATERIALS else None
        if shown is None:
            return None
        return {"type": shown.content_type, "bytes": shown.size, "sha256": shown.sha256}

    def get_version(self, material: Material) -> int:
        """Grows with the states of a version, which come in one order only."""
        return version_of(material.state)


class MaterialViewSet(mixins.ListModelMixin, Versioned):
    """Approved materials of the caller's institution, every version."""

    scopes = dict.fromkeys(("list", "retrieve", "file"), ApiScope.MATERIALS_READ)
    parameters = {"list": frozenset({"status"})}
    serializer_class = MaterialSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Material]:
        rows = Material.objects.filter(partner=caller(self.request).partner)
        rows = rows.standing(clock.now()).select_related("file", "withdrawal")
        rows = rows.prefetch_related("file__copies")
        wanted = words(self.request, "status", MaterialState.values)
        return rows.filter(state__in=wanted) if wanted else rows

    def tag(self, row: Any) -> str:
        return etag(row.ref, version_of(row.state))

    def file(self, request: Request, ref: UUID) -> Any:
        """The checked file of a version that may be shown, now or from a later day on."""
        material = self.own(ref)
        if material.state not in OPEN_MATERIALS or _shown(material.file) is None:
            raise Problem("material-gone")
        answer = files.serve(request._request, material.file, at=clock.now())
        if answer.status_code == status.HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE:
            raise Problem("invalid-parameter")  # a refusal of the API is a problem document
        return answer


def _shown(file: files.StoredFile) -> files.StoredFile | None:
    """As `StoredFile.shown`, from copies that were read for the whole page."""
    if file.status == Status.CHECKED:
        return file
    return next((each for each in file.copies.all() if each.status == Status.CHECKED), None)
