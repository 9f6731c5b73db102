"""Addresses of visits."""

from django.urls import path

from branches.visits.views import booking, mine, waiting

app_name = "visits"
urlpatterns = [
    path("", mine.visits, name="mine"),
    path("new/", booking.new, name="new"),
    path("wait/", waiting.join, name="wait"),
    path("wait/<uuid:ref>/leave/", waiting.leave, name="leave"),
    path("<uuid:ref>/", mine.visit, name="visit"),
    path("<uuid:ref>/book/", mine.book, name="book"),
    path("<uuid:ref>/confirm/", mine.confirm, name="confirm"),
    path("<uuid:ref>/change/", mine.change, name="change"),
    path("<uuid:ref>/cancel/", mine.cancel, name="cancel"),
    path("<uuid:ref>/calendar/", mine.calendar, name="calendar"),
]
