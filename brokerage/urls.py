"""All addresses; assembly only."""

from django.contrib import admin
from django.urls import include, path

from brokerage.core import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus, name="metrics"),
    path("admin/", admin.site.urls),
    path("", include("brokerage.backoffice.urls")),  # home, language, style guide, my data
    path("", include("brokerage.users.urls")),  # log-in, sessions, devices
    path("messages/", include("brokerage.messaging.urls")),
    path("open/", include("accounts.urls")),
    path("suitability/", include("suitability.urls")),
    path("api/v1/", include("partners.api.urls")),
    path("api/", include("brokerage.core.api.urls")),  # problem pages; any other address
]
