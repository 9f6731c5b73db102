"""The screen in the lobby of an outlet."""

from django.urls import path

from branches.visits.views.lobby import lobby

app_name = "lobby"
urlpatterns = [path("<slug:outlet>/<slug:token>/", lobby, name="screen")]
