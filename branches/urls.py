"""Addresses of the network's own pages."""

from django.urls import path

from branches.views import commission, entry_codes

app_name = "branches"
urlpatterns = [
    path("o/<slug:code>/", entry_codes.entry, name="entry"),
    path("o/<slug:code>/qr.<slug:kind>", entry_codes.picture, name="entry_picture"),
    path("brokers/<slug:number>/", entry_codes.broker, name="broker"),
    path("costs/", commission.costs, name="costs"),
]
