"""What changed, in order and without gaps: for those who prefer to ask."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers

from brokerage.core.api.problems import Problem
from partners.api.base import PartnerViewSet, caller
from partners.api.serializers import Utc
from partners.models import PartnerEvent
from partners.states import ApiScope


class EventSerializer(serializers.ModelSerializer[PartnerEvent]):
    """One line of the feed; the body of a webhook is the same."""

    type = serializers.CharField(source="kind", read_only=True)
    object = serializers.UUIDField(source="object_ref", read_only=True)
    version = serializers.IntegerField(source="object_version", read_only=True)
    occurred_at = Utc(read_only=True)

    class Meta:
        model = PartnerEvent
        fields = ["ref", "number", "type", "object", "version", "occurred_at"]
        read_only_fields = fields


class EventViewSet(mixins.ListModelMixin, PartnerViewSet):
    """The feed of the caller's institution, the oldest first.

    Numbers have no gaps: ask for what comes `after` the last number that you have worked off.
    """

    scopes = {"list": ApiScope.EVENTS_READ}
    parameters = {"list": frozenset({"after"})}
    serializer_class = EventSerializer
    ordering = ("number",)

    def get_queryset(self) -> QuerySet[PartnerEvent]:
        rows = PartnerEvent.objects.filter(partner=caller(self.request).partner)
        return rows.filter(number__gt=self._after())

    def _after(self) -> int:
        raw = self.request.query_params.get("after", "0")
        if raw.isascii() and raw.isdigit() and len(raw) < 19:
            return int(raw)
        raise Problem("invalid-parameter", _("`after` is the number of an event."))
