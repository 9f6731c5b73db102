"""A decision names the version of the rules it was taken by, and is never taken by another."""

from __future__ import annotations


class WrongRules(Exception):
    """The inputs name another version of the rules than the one given."""


def require_version(named: str, given: str) -> None:
    """Refuse rules of another version.

    Raises:
        WrongRules: naming both.
    """
    if named != given:
        raise WrongRules(f"The inputs name {named}, the rules are {given}.")
