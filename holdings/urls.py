"""Addresses of what a customer holds."""

from django.urls import path

from holdings.views import assets

app_name = "holdings"
urlpatterns = [path("", assets, name="assets")]
