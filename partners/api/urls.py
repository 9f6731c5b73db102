"""Addresses of the partner API, version 1."""

from django.urls import path

from partners.api import (
    appointments,
    campaigns,
    enquiries,
    events,
    leads,
    materials,
    outlets,
    remarks,
    scenarios,
    shelf,
    statements,
    views,
    webhooks,
)
from partners.api.tokens import token

urlpatterns = [
    path("oauth/token", token, name="api-token"),
    path("me", views.MeViewSet.as_view({"get": "retrieve"}), name="api-me"),
    path(
        "applications",
        views.ApplicationViewSet.as_view({"get": "list"}),
        name="api-applications",
    ),
    path(
        "applications/<uuid:ref>",
        views.ApplicationViewSet.as_view({"get": "retrieve"}),
        name="api-application",
    ),
    path(
        "entries",
        views.EntryViewSet.as_view({"get": "list", "post": "create"}),
        name="api-entries",
    ),
    path("entries/<uuid:ref>", views.EntryViewSet.as_view({"get": "retrieve"}), name="api-entry"),
    path("outlets", outlets.OutletViewSet.as_view({"get": "list"}), name="api-outlets"),
    path(
        "outlets/<uuid:ref>",
        outlets.OutletViewSet.as_view({"get": "retrieve"}),
        name="api-outlet",
    ),
    path(
        "outlets/<uuid:ref>/slots",
        outlets.OutletViewSet.as_view({"get": "slots"}),
        name="api-slots",
    ),
    path("purposes", outlets.PurposeViewSet.as_view({"get": "list"}), name="api-purposes"),
    path(
        "campaigns",
        campaigns.CampaignViewSet.as_view({"get": "list", "post": "create"}),
        name="api-campaigns",
    ),
    path(
        "campaigns/<uuid:ref>",
        campaigns.CampaignViewSet.as_view({"get": "retrieve"}),
        name="api-campaign",
    ),
    path(
        "campaigns/<uuid:ref>/counts",
        campaigns.CampaignViewSet.as_view({"get": "counts"}),
        name="api-campaign-counts",
    ),
    path(
        "campaigns/<uuid:ref>/end",
        campaigns.CampaignViewSet.as_view({"post": "end"}),
        name="api-campaign-end",
    ),
    path(
        "campaigns/<uuid:ref>/qr.png",
        campaigns.CampaignImageViewSet.as_view({"get": "png"}),
        name="api-campaign-png",
    ),
    path(
        "campaigns/<uuid:ref>/qr.svg",
        campaigns.CampaignImageViewSet.as_view({"get": "svg"}),
        name="api-campaign-svg",
    ),
    path(
        "leads",
        leads.LeadViewSet.as_view({"get": "list", "post": "create"}),
        name="api-leads",
    ),
    path("leads/<uuid:ref>", leads.LeadViewSet.as_view({"get": "retrieve"}), name="api-lead"),
    path(
        "appointments",
        appointments.AppointmentViewSet.as_view({"get": "list", "post": "create"}),
        name="api-appointments",
    ),
    path(
        "appointments/<uuid:ref>",
        appointments.AppointmentViewSet.as_view({"get": "retrieve"}),
        name="api-appointment",
    ),
    path(
        "appointments/<uuid:ref>/move",
        appointments.AppointmentViewSet.as_view({"post": "move"}),
        name="api-appointment-move",
    ),
    path(
        "appointments/<uuid:ref>/cancel",
        appointments.AppointmentViewSet.as_view({"post": "cancel"}),
        name="api-appointment-cancel",
    ),
    path(
        "enquiries",
        enquiries.EnquiryViewSet.as_view({"get": "list", "post": "create"}),
        name="api-enquiries",
    ),
    path(
        "enquiries/<uuid:ref>",
        enquiries.EnquiryViewSet.as_view({"get": "retrieve"}),
        name="api-enquiry",
    ),
    path("events", events.EventViewSet.as_view({"get": "list"}), name="api-events"),
    path(
        "webhooks",
        webhooks.WebhookViewSet.as_view({"get": "list", "post": "create"}),
        name="api-webhooks",
    ),
    path(
        "webhooks/<uuid:ref>",
        webhooks.WebhookViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="api-webhook",
    ),
    path(
        "webhooks/<uuid:ref>/secret",
        webhooks.WebhookViewSet.as_view({"get": "secret", "post": "rotate"}),
        name="api-webhook-secret",
    ),
    path(
        "webhooks/<uuid:ref>/enable",
        webhooks.WebhookViewSet.as_view({"post": "enable"}),
        name="api-webhook-enable",
    ),
    path(
        "webhooks/<uuid:ref>/ping",
        webhooks.WebhookViewSet.as_view({"post": "ping"}),
        name="api-webhook-ping",
    ),
    path(
        "webhooks/<uuid:ref>/replay",
        webhooks.WebhookViewSet.as_view({"post": "replay"}),
        name="api-webhook-replay",
    ),
    path(
        "webhooks/<uuid:ref>/deliveries",
        webhooks.DeliveryViewSet.as_view({"get": "list"}),
        name="api-webhook-deliveries",
    ),
    path(
        "statements",
        statements.StatementViewSet.as_view({"get": "list"}),
        name="api-statements",
    ),
    path(
        "statements/<uuid:ref>",
        statements.StatementViewSet.as_view({"get": "retrieve"}),
        name="api-statement",
    ),
    path(
        "statements/<uuid:ref>/lines",
        statements.LineViewSet.as_view({"get": "list"}),
        name="api-statement-lines",
    ),
    path(
        "disputes",
        statements.DisputeViewSet.as_view({"get": "list", "post": "create"}),
        name="api-disputes",
    ),
    path(
        "disputes/<uuid:ref>",
        statements.DisputeViewSet.as_view({"get": "retrieve"}),
        name="api-dispute",
    ),
    path(
        "remarks",
        remarks.RemarkViewSet.as_view({"get": "list", "post": "create"}),
        name="api-remarks",
    ),
    path(
        "remarks/<uuid:ref>", remarks.RemarkViewSet.as_view({"get": "retrieve"}), name="api-remark"
    ),
    path("materials", materials.MaterialViewSet.as_view({"get": "list"}), name="api-materials"),
    path(
        "materials/<uuid:ref>",
        materials.MaterialViewSet.as_view({"get": "retrieve"}),
        name="api-material",
    ),
    path(
        "materials/<uuid:ref>/file",
        materials.MaterialViewSet.as_view({"get": "file"}),
        name="api-material-file",
    ),
    path("products", shelf.ProductViewSet.as_view({"get": "list"}), name="api-products"),
    path(
        "products/<uuid:ref>",
        shelf.ProductViewSet.as_view({"get": "retrieve"}),
        name="api-product",
    ),
    path(
        "scenarios",
        scenarios.ScenarioViewSet.as_view({"get": "list", "post": "create"}),
        name="api-scenarios",
    ),
    path(
        "scenarios/<uuid:ref>",
        scenarios.ScenarioViewSet.as_view({"get": "retrieve"}),
        name="api-scenario",
    ),
    path(
        "scenarios/<uuid:ref>/advance",
        scenarios.ScenarioViewSet.as_view({"post": "advance"}),
        name="api-scenario-advance",
    ),
]
