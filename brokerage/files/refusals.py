"""Why a file is not taken, in words for who sent it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Any] = {
    "empty": _("This file is empty. Choose it again."),
    "type": _("We cannot read this kind of file. Send another format."),
    "too_large": _("This file is too large. Make it smaller, then send it again."),
    "too_many_pixels": _("This picture has too many pixels. Make it smaller, then send it again."),
    "unreadable": _("We cannot read this file. Take or export it once more."),
    "active_content": _("This document contains programs. Print it to a new PDF and send that."),
    "malware": _("The virus check stopped this file. Send it from another device."),
    "no_space": _("We have no room for files right now. Your other steps are saved."),
    "storage": _("We could not save this file. Your other steps are saved; send it again."),
    # sent in pieces
    "part_missing": _("A piece of this file is missing. Send it again from there."),
    "part_differs": _("This piece differs from the one we have. Send the file again."),
    "part_size": _("A piece of this file has the wrong size. Send the file again."),
    "digest": _("The file did not arrive as you sent it. Send it again."),
    "ended": _("This file was already sent or given up."),
    # quotas
    "owner": _("You have reached your limit for files. Remove one you no longer need."),
    "purpose": _("You have sent the most files we take here. Remove one, then send this again."),
    "kind": _("We cannot take more files of this kind right now. Your other steps are saved."),
    "all": _("We cannot take files right now. Your other steps are saved; try again later."),
}


class UnableToStore(ValidationError):
    """A file is not taken; `code` is a key of MESSAGES, and nothing of it stays."""

    code: str

    def __init__(self, code: str) -> None:
        super().__init__(MESSAGES[code], code=code)

    def __str__(self) -> str:
        return self.code


class QuotaExceeded(UnableToStore):
    """There is no room; `code` is the scope: owner, purpose, kind or all."""


class ContentRefused(Exception):
    """The content is not what we take; `code` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
