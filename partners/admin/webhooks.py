"""Webhook endpoints of institutions, and how they do."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.acts import Act, ActsAdmin
from brokerage.backoffice.admin.adds import acting
from partners.admin.institutions import NeededReason
from partners.models import WebhookEndpoint
from partners.states import DeliveryState, EventKind, WebhookStatus
from partners.use_cases.webhooks import UnableToKeepWebhook, set_webhook_status


def _disable(request: HttpRequest, row: WebhookEndpoint, values: dict[str, Any]) -> str:
    set_webhook_status(
        endpoint=row, status=WebhookStatus.DISABLED, reason=values["reason"], **acting(request)
    )
    return _("Nothing is sent there any more. The institution can enable it again.")


DISABLE = Act(
    key="disable",
    title=gettext_lazy("Disable"),
    note=gettext_lazy("What waits stays, and goes out when it is enabled again."),
    button=gettext_lazy("Disable now"),
    right="partners.manage_clients",
    form=NeededReason,
    run=_disable,
    shown=lambda user, row: row.status in (WebhookStatus.ACTIVE, WebhookStatus.PAUSED),
    refusals=(UnableToKeepWebhook,),
    kind="stop",
)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ActsAdmin):
    """Where institutions hear of changes; they keep the addresses themselves, by the API."""

    section = "partners"
    icon = "swap"
    order = 46
    acts = (DISABLE,)
    list_display = ["url", "partner", "status", "failing_since"]
    list_filter = ["status", "partner"]
    list_select_related = ["partner"]
    exclude = ["secret", "former_secret"]
    fields = ["partner", "url", "wanted", "status", "failing_since", "former_until", "log"]
    fields += ["created_at"]

    @admin.display(description=gettext_lazy("on their way, delivered, given up"))
    def log(self, row: WebhookEndpoint) -> str:
        counts = row.deliveries.aggregate(
            **{state: Count("pk", filter=Q(state=state)) for state in DeliveryState}
        )
        return " · ".join(str(counts[state]) for state in DeliveryState)

    @admin.display(description=gettext_lazy("kinds"))
    def wanted(self, row: WebhookEndpoint) -> str:
        return ", ".join(str(EventKind(kind).label) for kind in row.kinds) or _("everything")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Not even masked: nobody here needs a secret that signs."""
        names = super().get_readonly_fields(request, obj)
        return [*(n for n in names if n not in ("secret", "former_secret")), "wanted", "log"]
