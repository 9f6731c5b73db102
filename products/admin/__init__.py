"""The product desk."""

from products.admin.books import BidAdmin, BookAdmin, ClosingAdmin
from products.admin.campaigns import OfferCampaignAdmin
from products.admin.complaints import ComplaintAdmin
from products.admin.credits import CreditDisputeAdmin, CreditSplitAdmin
from products.admin.crossings import CrossingAdmin
from products.admin.desks import DeskMemberAdmin
from products.admin.documents import DocumentAdmin
from products.admin.goals import GoalAdmin
from products.admin.issuers import IssuerAdmin, VettingAdmin
from products.admin.mandate_papers import MandatePaperAdmin
from products.admin.mandates import MandateAdmin
from products.admin.mismatches import MismatchAdmin
from products.admin.orders import OrderAdmin
from products.admin.private_contracts import PrivateContractAdmin
from products.admin.products import ProductAdmin, ResumptionAdmin, SuspensionAdmin
from products.admin.qualified import QualifiedInvestorAdmin
from products.admin.referrals import ReferralAdmin
from products.admin.terms import TermsAdmin
from products.admin.winnings import WinningAdmin

__all__ = [
    "BidAdmin",
    "BookAdmin",
    "ClosingAdmin",
    "ComplaintAdmin",
    "CreditDisputeAdmin",
    "CreditSplitAdmin",
    "CrossingAdmin",
    "DeskMemberAdmin",
    "DocumentAdmin",
    "GoalAdmin",
    "IssuerAdmin",
    "MandateAdmin",
    "MandatePaperAdmin",
    "MismatchAdmin",
    "OfferCampaignAdmin",
    "OrderAdmin",
    "PrivateContractAdmin",
    "ProductAdmin",
    "QualifiedInvestorAdmin",
    "ReferralAdmin",
    "ResumptionAdmin",
    "SuspensionAdmin",
    "TermsAdmin",
    "VettingAdmin",
    "WinningAdmin",
]
