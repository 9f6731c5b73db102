"""A text cut to a length where the whole of it stands behind a link."""

from __future__ import annotations

import re

END = re.compile(r"[。！？!?\n]|\.(?=\s)")
"""Where a sentence ends; a point within a number or an address does not end one."""
MORE = "…"


def shortened(text: str, most: int) -> str:
    """`text` where it has at most `most` characters; else its first whole sentences and "…".

    Where they would be less than a third of the room, the last whole word ends it.
    """
    if len(text) <= most:
        return text
    room = text[: most - len(MORE)]
    ends = [found.end() for found in END.finditer(text, 0, len(room) + 1)]
    last = max((end for end in ends if end <= len(room)), default=0)
    if last < most // 3:
        last = max(room.rfind(" "), 0)
    if last < most // 3:  # Chinese without a mark: between any two characters
        last = len(room)
    return room[:last].rstrip() + MORE
