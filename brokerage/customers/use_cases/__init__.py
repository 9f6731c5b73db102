"""The writes of this app, one module each."""

from brokerage.customers.use_cases.confirm_identity import IdentityTaken, confirm_identity
from brokerage.customers.use_cases.correct_profile import UnableToCorrect, correct_profile
from brokerage.customers.use_cases.ensure_customer import ensure_customer, register_customer
from brokerage.customers.use_cases.export_data import (
    ExportRefused,
    build_export,
    download_export,
    expire_exports,
    request_export,
)
from brokerage.customers.use_cases.give_consent import (
    UnableToConsent,
    give_consent,
    give_consents,
)
from brokerage.customers.use_cases.load_consent_texts import load_consent_texts
from brokerage.customers.use_cases.withdraw_consent import UnableToWithdraw, withdraw_consent

__all__ = [
    "ExportRefused",
    "IdentityTaken",
    "UnableToConsent",
    "UnableToCorrect",
    "UnableToWithdraw",
    "build_export",
    "confirm_identity",
    "correct_profile",
    "download_export",
    "ensure_customer",
    "expire_exports",
    "give_consent",
    "give_consents",
    "load_consent_texts",
    "register_customer",
    "request_export",
    "withdraw_consent",
]
