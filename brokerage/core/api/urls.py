"""Addresses of the kernel; included after those of the endpoints, because it ends the list."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from brokerage.core.api import views


class Anything(StringConverter):
    """The rest of an address, line breaks included: `path` stops at them."""

    regex = "(?s:.+)"


register_converter(Anything, "anything")
urlpatterns = [
    path("problems/<slug:code>/", views.problem_page, name="api-problem"),
    path("<anything:rest>", views.no_such_address),
]
