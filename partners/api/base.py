"""What every partner endpoint shares: who calls, and how often."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request

from brokerage.core.api.limits import Count, Limit
from brokerage.core.api.views import ApiViewSet
from brokerage.journal.api import IdempotentPosts
from partners.api.authentication import PartnerAuthentication
from partners.models import ApiClient
from partners.rate_windows import count

BY_ADDRESS = Limit("address", 1200)
BY_CLIENT = Limit("client", 600)


class PartnerViewSet(IdempotentPosts, ApiViewSet):
    """An endpoint that an institution's client calls."""

    authentication_classes = [PartnerAuthentication]
    address_limit: ClassVar[Limit | None] = BY_ADDRESS
    client_limit: ClassVar[Limit | None] = BY_CLIENT
    count: ClassVar[Count] = staticmethod(count)


def caller(request: Request) -> ApiClient:
    """The client that calls; its partner is loaded."""
    client: ApiClient = request.user  # type: ignore[assignment]
    return client
