"""Pages of everybody: home, preferences, style guide, risk notice."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from brokerage.backoffice import portal_home, portal_pages, portal_preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", portal_home.home, name="home"),
    path("language/<str:value>/", portal_preferences.language, name="preference_language"),
    path("theme/<str:value>/", portal_preferences.theme, name="preference_theme"),
    path("mode/<str:value>/", portal_preferences.mode, name="preference_mode"),
    path("style-guide/", portal_pages.style_guide, name="style_guide"),
    path("risk-notice/", portal_pages.risk_notice, name="risk_notice"),
]
