"""Bases of every admin class: rows by scope, actions by role, values masked."""

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.admin.base import ReadOnlyAdmin, ScopedAdmin
from brokerage.backoffice.admin.search import by_hash, by_ref

__all__ = ["Act", "ActForm", "ActsAdmin", "ReadOnlyAdmin", "ScopedAdmin", "by_hash", "by_ref"]

from brokerage.backoffice import lists  # noqa: F401 - registers them when Django looks here
