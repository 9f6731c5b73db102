"""Addresses of the partner API, version 1."""

from django.urls import path

from partners.api import views
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
]
