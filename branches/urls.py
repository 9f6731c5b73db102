"""Addresses of the network's own pages: the finder, each outlet, what trading costs."""

from django.urls import path

from branches.finder import views as finder
from branches.views import commission, entry_codes, suggestions

app_name = "branches"
urlpatterns = [
    path("branches/", finder.outlets, name="outlets"),
    path("branches/<slug:outlet>/", finder.outlet, name="outlet"),
    path("o/<slug:code>/", entry_codes.entry, name="entry"),
    path("o/<slug:code>/qr.<slug:kind>", entry_codes.picture, name="entry_picture"),
    path("brokers/<slug:number>/", entry_codes.broker, name="broker"),
    path("costs/", commission.costs, name="costs"),
    path("suggest/", suggestions.suggest, name="suggest"),
]
