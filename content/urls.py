"""Addresses of what is read."""

from django.urls import path

from content import reminder_views, silence_views, views

app_name = "content"
urlpatterns = [
    path("", views.feed, name="feed"),
    path("following/", views.following, name="following"),
    path("reminders/", reminder_views.reminders_page, name="reminders"),
    path("cooling-off/", silence_views.cooling_off, name="cooling_off"),
    path("<uuid:ref>/", views.item, name="item"),
    path("<uuid:ref>/report/", views.report, name="report"),
    path("<uuid:ref>/read/", views.read, name="read"),
]
