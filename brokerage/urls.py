"""All addresses; assembly only."""

from django.contrib import admin
from django.urls import include, path

from brokerage.core import views
from brokerage.demo.views import second_factor

urlpatterns = [
    # First what a record day asks for: each address is looked for from the top.
    path("open/", include("accounts.urls")),
    path("suitability/", include("suitability.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus, name="metrics"),
    path("admin/", admin.site.urls),
    path("", include("brokerage.backoffice.urls")),  # home, language, style guide, my data
    path("", include("brokerage.users.urls")),  # log-in, sessions, devices
    path("me/", include("brokerage.customers.urls")),
    path("messages/", include("brokerage.messaging.urls")),
    path("files/", include("brokerage.files.urls")),
    path("sandbox/", include("brokerage.messaging.sandbox_urls")),  # 404 outside the sandbox
    path("sandbox/", include("accounts.sandbox_urls")),  # 404 outside the sandbox
    path("sandbox/second-factor/", second_factor, name="sandbox_second_factor"),
    path("", include("branches.urls")),  # outlets, what trading costs
    path("visits/", include("branches.visits.urls")),
    path("lobby/", include("branches.visits.lobby_urls")),
    path("permissions/", include("accounts.permissions.urls")),
    path("assets/", include("holdings.urls")),
    path("", include("partners.urls")),  # the API explained
    path("products/", include("products.urls")),
    path("insights/", include("content.urls")),
    path("api/v1/", include("partners.api.urls")),
    path("api/", include("brokerage.core.api.urls")),  # problem pages; any other address
]

handler400 = "brokerage.core.error_pages.bad_request"
handler403 = "brokerage.core.error_pages.forbidden"
handler404 = "brokerage.core.error_pages.not_found"
handler429 = "brokerage.core.error_pages.too_many"  # asked for by allauth
handler500 = "brokerage.core.error_pages.server_error"
