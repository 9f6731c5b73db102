"""What a process read of reference data, and trusts for some seconds before it reads it again.

For what is the same for everybody and may be seen some seconds late: lists to choose from, texts
that are checked once more when somebody agrees to them. Rules, of which a decision depends, are
kept by their days instead (brokerage/reference/dated.py). Never for what is somebody's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar

from django.conf import settings

V = TypeVar("V")
MOST = 1000
"""Values of one reader that are kept at once."""


def trusted(read: Callable[..., V]) -> Callable[..., V]:
    """Let a function of plain arguments answer from memory for REFERENCE_KEPT_SECONDS.

    Its callers share what it returns and do not change it. An exception is not kept.
    """
    kept: dict[Hashable, tuple[float, V]] = {}

    @wraps(read)
    def answered(*key: Hashable) -> V:
        now = time.monotonic()
        known = kept.get(key)
        if known is not None and now < known[0]:
            return known[1]
        value = read(*key)
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = (now + settings.REFERENCE_KEPT_SECONDS, value)
        return value

    return answered
