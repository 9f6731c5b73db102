"""Pages for engineers of institutions."""

from django.urls import path

from partners.api import document

app_name = "partners"
urlpatterns = [
    path("partner-api/", document.page, name="api"),
    path("partner-api/openapi.json", document.openapi, name="openapi"),
]
