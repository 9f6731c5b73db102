"""Addresses below /me/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from brokerage.customers import views

own = [
    path("correct/", views.correct, name="correct"),
    path("agreements/", views.consents, name="consents"),
    path("agreements/<slug:purpose>/give/", views.consent_give, name="consent_give"),
    path("agreements/<slug:purpose>/withdraw/", views.consent_withdraw, name="consent_withdraw"),
    path("export/", views.exports, name="exports"),
    path("export/request/", views.export_request, name="export_request"),
    path("export/<uuid:ref>/download/", views.export_download, name="export_download"),
    path("looks/", views.looks, name="looks"),
    path("timeline/", views.timeline, name="timeline"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.my_data, name="my_data"),
    path("", include((own, "customers"))),
]
