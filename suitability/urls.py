"""Addresses of the risk assessment."""

from django.urls import path

from suitability.views import assessment as views
from suitability.views.decisions import decision
from suitability.views.insisting import insist
from suitability.views.permissions import permission, permissions

app_name = "suitability"
urlpatterns = [
    path("", views.start, name="start"),
    path("decisions/<uuid:ref>/", decision, name="decision"),
    path("decisions/<uuid:ref>/insist/", insist, name="insist"),
    path("permissions/", permissions, name="permissions"),
    path("permissions/<slug:key>/", permission, name="permission"),
    path("<uuid:ref>/<int:number>/", views.question, name="question"),
    path("<uuid:ref>/check/", views.check, name="check"),
    path("<uuid:ref>/result/", views.result, name="result"),
]
