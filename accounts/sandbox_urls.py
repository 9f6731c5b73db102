"""Addresses below /sandbox/ for trying account opening, which exist in the sandbox only."""

from __future__ import annotations

from django.urls import path

from accounts.views import specimens

app_name = "accounts_sandbox"
urlpatterns = [path("cards/", specimens.specimens, name="cards")]
