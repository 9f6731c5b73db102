"""Who sees campaigns of offers, who proposes them and who agrees."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import in_units_of
from brokerage.backoffice import four_eyes, navigation
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.timeline import register_kind
from products import campaign_events as events
from products.campaign_states import RunEnd
from products.use_cases.campaigning import campaign_approved

ADD = "products.add_offercampaign"
SEE, CHANGE = "products.view_offercampaign", "products.change_offercampaign"


def declare() -> None:
    """A manager for the units below, head office for every unit; the customer sees the own row."""
    scope.register_readers("products.OfferCampaign", Role.HEAD_OFFICE, *sorted(roles.READERS))
    scope.register(
        "products.OfferCampaign",
        Role.BRANCH_MANAGER,
        in_units_of(Role.BRANCH_MANAGER, "unit"),
    )
    for name in ("OfferTarget", "StatedWish"):
        scope.register(f"products.{name}", Role.CUSTOMER, own_rows())
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE, *sorted(roles.READERS)):
        roles.allow(role, SEE)
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, ADD, CHANGE)
    four_eyes.on_approval("products.OfferCampaign", campaign_approved)
    navigation.items.register(
        "products.campaign_preview",
        navigation.Item(
            section="products",
            label=_("Whom an offer reaches"),
            icon="users",
            url_name="admin:products_campaign_preview",
            shown=lambda request: roles.may(request.user, ADD),
            order=79,
        ),
    )
    register_kind(
        events.OfferCampaignProposed,
        _("Campaign proposed; it reaches {reached} customers"),
        icon="list",
    )
    register_kind(events.OfferCampaignAgreed, _("Campaign agreed"), icon="check")
    register_kind(
        events.OfferCampaignBegun,
        _("Customers found for the campaign: {reached}"),
        icon="users",
    )
    register_kind(
        events.OfferCampaignEnded,
        _("Nothing more is sent: {end}. Sent: {sent}"),
        icon="check",
        words={"end": RunEnd},
    )
