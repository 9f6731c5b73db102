"""Addresses of trading permissions."""

from django.urls import path

from accounts.permissions import views, views_release

app_name = "permissions"
urlpatterns = [
    path("case/<uuid:ref>/", views.case, name="case"),
    path("case/<uuid:ref>/test/", views.test, name="test"),
    path("case/<uuid:ref>/risk/", views.risk, name="risk"),
    path("case/<uuid:ref>/release/", views_release.release, name="release"),
    path("case/<uuid:ref>/give-up/", views.give_up, name="give_up"),
    path("<slug:key>/give-back/", views.give_back, name="give_back"),
    path("<slug:key>/", views.permission, name="permission"),
]
