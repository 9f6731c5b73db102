"""The back office of account opening."""

from accounts.admin.aml import AmlRatingAdmin, ListReleaseAdmin, WatchHitAdmin
from accounts.admin.applications import ApplicationAdmin
from accounts.admin.banks import QuestionBankAdmin
from accounts.admin.credits import OpeningCreditAdmin, OpeningDisputeAdmin
from accounts.admin.first_days import FirstDaysAdmin
from accounts.admin.funds import FundsInquiryAdmin
from accounts.admin.life import (
    BankChangeAdmin,
    ClosingAdmin,
    DocumentRenewalAdmin,
    DormancyAdmin,
    IdDocumentAdmin,
)
from accounts.admin.markets import MarketWishAdmin
from accounts.admin.permissions import PermissionApplicationAdmin, TradingPermissionAdmin
from accounts.admin.reviews import BlindReviewAdmin, ReviewSkillAdmin
from accounts.admin.tax import TaxDeclarationAdmin

__all__ = [
    "AmlRatingAdmin",
    "ApplicationAdmin",
    "BankChangeAdmin",
    "BlindReviewAdmin",
    "ClosingAdmin",
    "DocumentRenewalAdmin",
    "DormancyAdmin",
    "FirstDaysAdmin",
    "FundsInquiryAdmin",
    "IdDocumentAdmin",
    "ListReleaseAdmin",
    "MarketWishAdmin",
    "OpeningCreditAdmin",
    "OpeningDisputeAdmin",
    "PermissionApplicationAdmin",
    "QuestionBankAdmin",
    "ReviewSkillAdmin",
    "TaxDeclarationAdmin",
    "TradingPermissionAdmin",
    "WatchHitAdmin",
]
