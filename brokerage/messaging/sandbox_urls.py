"""Addresses below /sandbox/, which exist in the sandbox only."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from brokerage.messaging import views

app_name = "sandbox"
urlpatterns: list[URLPattern | URLResolver] = [path("outbox/", views.outbox, name="outbox")]
