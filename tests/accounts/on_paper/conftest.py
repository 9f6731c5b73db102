from __future__ import annotations

from tests.accounts.evidence.conftest import folder, sms

__all__ = ["folder", "sms"]
