"""Pure decisions about applications."""

from accounts.rules.promises import promise
from accounts.rules.steps import Facts, missing, steps

__all__ = ["Facts", "missing", "promise", "steps"]
