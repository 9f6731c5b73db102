"""The back office of account opening."""

from accounts.admin.applications import ApplicationAdmin

__all__ = ["ApplicationAdmin"]
