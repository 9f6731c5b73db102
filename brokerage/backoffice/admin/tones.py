"""Which of the four tones a state has: done, wait, stop, info; none for what is over or not begun.

States of all apps speak one language of colours, so that a manager reads a list at a glance. A
state that stands nowhere here is neutral.
"""

from __future__ import annotations

DONE = (
    "active approved answered booked checked confirmed derived done in_force kept paid published "
)
DONE += "resolved sent_out served settled signed taken verified allotted live released won"
DONE += " completed binding"
WAIT = (
    "pending proposed returned waiting info_requested visit paused suspended overdue held cooling"
)
STOP = "bad declined declined_final declined_retry dead disagreed failed no_show refused rejected "
STOP += "revoked blocked unreadable disabled unpaid lapsed"
INFO = "assessed called checking checked_in delivering in_review opening processing read received "
INFO += "receiving reviewing sent serving stored submitted taking undoing "
INFO += "begun contacted partly placed qualified registered reported tailored "
INFO += "mandated diligence drafting review cleared"

_TONES = {
    state: tone
    for tone, states in (("done", DONE), ("wait", WAIT), ("stop", STOP), ("info", INFO))
    for state in states.split()
}


def tone_of(state: str) -> str:
    """The tone of a state as a chip's kind; empty for a neutral one."""
    return _TONES.get(state.lower(), "")
