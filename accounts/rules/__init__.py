"""Pure decisions about applications."""

from accounts.rules.promises import minutes_left, promise
from accounts.rules.steps import Facts, missing, steps

__all__ = ["Facts", "minutes_left", "missing", "promise", "steps"]
