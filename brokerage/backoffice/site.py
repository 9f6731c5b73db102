"""The one admin site."""

from django.contrib.admin import AdminSite


class BackofficeSite(AdminSite):
    """The back office of branches and head office."""
