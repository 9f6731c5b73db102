"""How the journal tells what happened to a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brokerage.files import events
from brokerage.journal.timeline import register_kind


def register() -> None:
    """Called once when the app is ready; the subject of these is the file, for staff to read."""
    register_kind(events.FileStored, _("A file was received"), icon="file")
    register_kind(events.FileChecked, _("The file passed its checks"), icon="check")
    register_kind(events.FileRefused, _("The file was refused and removed"), icon="x")
    register_kind(events.FileServed, _("Somebody looked at the file"), icon="eye")
    register_kind(events.FileDisposed, _("The file was destroyed"), icon="x")
