"""Addresses of the kernel; included after those of the endpoints, because it ends the list."""

from django.urls import path

from brokerage.core.api import views

urlpatterns = [
    path("problems/<slug:code>/", views.problem_page, name="api-problem"),
    path("<path:rest>", views.no_such_address),
]
