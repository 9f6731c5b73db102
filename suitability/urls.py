"""Addresses of the risk assessment."""

from django.urls import path

from suitability.views import assessment as views
from suitability.views import professional_steps as steps
from suitability.views.decisions import decision
from suitability.views.disclosing import disclosure
from suitability.views.insisting import insist
from suitability.views.permissions import permission, permissions
from suitability.views.professional import professional, status_request, step_back
from suitability.views.sheet import answers

app_name = "suitability"
urlpatterns = [
    path("<uuid:ref>/answers/", answers, name="answers"),  # first what is asked most
    path("<uuid:ref>/<int:number>/", views.question, name="question"),
    path("<uuid:ref>/check/", views.check, name="check"),
    path("<uuid:ref>/result/", views.result, name="result"),
    path("", views.start, name="start"),
    path("decisions/<uuid:ref>/", decision, name="decision"),
    path("decisions/<uuid:ref>/insist/", insist, name="insist"),
    path("decisions/<uuid:ref>/before/", disclosure, name="disclosure"),
    path("permissions/", permissions, name="permissions"),
    path("permissions/<slug:key>/", permission, name="permission"),
    path("professional/", professional, name="professional"),
    path("professional/back/", step_back, name="step_back"),
    path("professional/<uuid:ref>/", status_request, name="status_request"),
    path("professional/<uuid:ref>/protections/", steps.protections, name="protections"),
    path("professional/<uuid:ref>/proofs/<slug:fact>/", steps.proof, name="proof"),
    path("professional/<uuid:ref>/test/", steps.knowledge, name="knowledge"),
    path("professional/<uuid:ref>/test/result/", steps.knowledge_result, name="knowledge_result"),
]
