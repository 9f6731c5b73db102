"""What partners send and get. Of a customer: a ref, a stage and its clock, nothing else."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from accounts.models import Application
from accounts.states import Status
from brokerage.core.api.serializers import StrictSerializer
from partners.api.base import LONGEST_REFERENCE, REFERENCE
from partners.models import ApiClient, EntryLink

TOLD = {
    Status.OPENING: Status.APPROVED,
    Status.VISIT: Status.APPROVED,
    Status.ACTIVE: Status.APPROVED,
}
"""Later states of an approved application: partners know the words of the first version."""
TOLD_WORDS = frozenset(TOLD.get(status, status).value for status in Status)


class Utc(serializers.DateTimeField):
    """An instant as partners get every one: in UTC, ending in Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


def told_status(application: Application) -> str:
    """Where an application stands, in the words of the API."""
    status = Status(application.status)
    return TOLD.get(status, status).value


def told_stage(application: Application) -> dict[str, Any]:
    """Since when it stands there, and by when we promised to be done (or null)."""
    return {"since": application.stage_since, "promised_by": application.due_at}


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """The stage of an application that this partner originated."""

    status = serializers.SerializerMethodField()
    stage = serializers.SerializerMethodField()
    updated_at = Utc(read_only=True)

    class Meta:
        model = Application
        fields = ["ref", "status", "stage", "version", "updated_at"]
        read_only_fields = fields

    def get_status(self, application: Application) -> str:
        """The opening after an approval stays "approved"."""
        return told_status(application)

    def get_stage(self, application: Application) -> dict[str, Any]:
        """See `told_stage`."""
        return told_stage(application)


class EntryLinkSerializer(serializers.ModelSerializer[EntryLink]):
    """A link, as its partner sees it."""

    url = serializers.SerializerMethodField()
    expires_at = Utc(source="code.ends_at", read_only=True)
    created_at = Utc(read_only=True)

    class Meta:
        model = EntryLink
        fields = ["ref", "partner_reference", "url", "expires_at", "created_at"]
        read_only_fields = fields

    def get_url(self, link: EntryLink) -> str:
        path = f"{reverse('accounts:start')}?entry={link.ref}"
        return str(self.context["request"].build_absolute_uri(path))


class NewEntryLinkSerializer(StrictSerializer):
    """What a partner sends to make a link."""

    partner_reference = serializers.RegexField(
        REFERENCE, max_length=LONGEST_REFERENCE, trim_whitespace=False
    )


class MeSerializer(serializers.ModelSerializer[ApiClient]):
    """The calling client and its institution."""

    scopes = serializers.ListField(source="granted", child=serializers.CharField())
    partner = serializers.SerializerMethodField()

    class Meta:
        model = ApiClient
        fields = ["ref", "name", "scopes", "partner"]
        read_only_fields = fields

    def get_partner(self, client: ApiClient) -> dict[str, str]:
        return {"ref": str(client.partner.ref), "name": client.partner.name}
