"""Addresses below /messages/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from brokerage.messaging import views

app_name = "messaging"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox, name="inbox"),
    path("settings/", views.preferences, name="preferences"),
    path("read/", views.read_all, name="read_all"),
    path("<uuid:ref>/", views.message, name="message"),
    path("<uuid:ref>/read/", views.read, name="read"),
]
