from products.models.basket import Basket, BasketItem
from products.models.books import Bid, Book, BookCount, Closing
from products.models.campaigns import OfferCampaign, OfferRun, OfferTarget, StatedWish
from products.models.commission import CommissionDay
from products.models.counter import CounterOrder, SaleRelease
from products.models.coverage import Coverage
from products.models.desks import DeskMember
from products.models.documents import Document
from products.models.goals import Goal
from products.models.issuers import Issuer, Vetting
from products.models.mandates import Crossing, Mandate, MandatePaper
from products.models.mismatches import Mismatch
from products.models.offers import Complaint, Mute, Offer
from products.models.orders import Confirmation, Holding, Order, Quota
from products.models.private_contracts import PrivateContract
from products.models.products import Product
from products.models.qualified import QualifiedInvestor
from products.models.referrals import CreditDispute, CreditSplit, Referral
from products.models.suspensions import Resumption, Suspension
from products.models.terms import Terms
from products.models.values import DailyValue
from products.models.winnings import Winning

__all__ = [
    "Basket",
    "BasketItem",
    "Bid",
    "Book",
    "BookCount",
    "Closing",
    "CommissionDay",
    "Complaint",
    "Confirmation",
    "CounterOrder",
    "Coverage",
    "CreditDispute",
    "CreditSplit",
    "Crossing",
    "DailyValue",
    "DeskMember",
    "Document",
    "Goal",
    "Holding",
    "Issuer",
    "Mandate",
    "MandatePaper",
    "Mismatch",
    "Mute",
    "Offer",
    "OfferCampaign",
    "OfferRun",
    "OfferTarget",
    "Order",
    "PrivateContract",
    "Product",
    "QualifiedInvestor",
    "Quota",
    "Referral",
    "Resumption",
    "SaleRelease",
    "StatedWish",
    "Suspension",
    "Terms",
    "Vetting",
    "Winning",
]
