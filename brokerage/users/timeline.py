"""How the journal tells what happened to a log-in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brokerage.journal.timeline import register_kind
from brokerage.users import events

KINDS = (
    (events.SignedUp, _("Signed up with a mobile number"), "user"),
    (events.SignedIn, _("Signed in"), "user"),
    (events.SignInBlocked, _("Too many wrong tries; signing in was paused"), "alert"),
    (events.NewDeviceSeen, _("Signed in from a new device"), "info"),
    (events.SessionEnded, _("Ended another session"), "x"),
    (events.SignedOutEverywhere, _("Signed out on all devices"), "x"),
    (events.PhoneChanged, _("Changed the mobile number"), "info"),
    (events.CodeLimitLifted, _("SMS codes allowed again"), "check"),
    (events.SteppedUp, _("Confirmed their identity again"), "check"),
    (events.FactorAdded, _("Added a second factor"), "check"),
    (events.FactorRemoved, _("Removed a second factor"), "alert"),
    (events.PasswordChanged, _("Changed the password"), "info"),
    (events.SwitchedOff, _("The log-in was switched off"), "alert"),
    (events.SwitchedOn, _("The log-in was switched on again"), "check"),
)


def register() -> None:
    """Called once when the app is ready; the owner may read all of these."""
    for event, label, icon in KINDS:
        register_kind(event, label, icon=icon, public=True)
