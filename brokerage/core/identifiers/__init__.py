"""Identifiers: what somebody typed in, a checked normal form or a refusal out.

Pure functions without database or clock. Formats of one nation's papers change rarely and stand
here; what changes yearly (divisions, number ranges) is data of the reference app.
"""

from brokerage.core.identifiers.base import BadIdentifier, Doubt, Identifier, Sex, normal
from brokerage.core.identifiers.business import (
    Market,
    bank_card,
    credit_code,
    mobile,
    one_code_account,
    securities_account,
    security_code,
)
from brokerage.core.identifiers.people import (
    Document,
    check_document,
    chinese_passport,
    foreign_passport,
    foreign_resident,
    hk_macau_permit,
    residence_permit,
    resident_id,
    taiwan_permit,
)

__all__ = [
    "BadIdentifier",
    "Document",
    "Identifier",
    "Market",
    "Sex",
    "Doubt",
    "bank_card",
    "check_document",
    "chinese_passport",
    "credit_code",
    "foreign_passport",
    "foreign_resident",
    "hk_macau_permit",
    "mobile",
    "normal",
    "one_code_account",
    "residence_permit",
    "resident_id",
    "securities_account",
    "security_code",
    "taiwan_permit",
]
