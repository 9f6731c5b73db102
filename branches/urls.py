"""Addresses of the network's own pages."""

from django.urls import path

from branches.views import commission

app_name = "branches"
urlpatterns = [
    path("costs/", commission.costs, name="costs"),
]
