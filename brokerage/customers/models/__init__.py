"""Who our customers are, what they agreed to, and what they asked us for."""

from brokerage.customers.models.consents import Consent, ConsentText
from brokerage.customers.models.customers import Customer, CustomerQuerySet, IdType, Kind
from brokerage.customers.models.documents import OtherDocument
from brokerage.customers.models.exports import DataExport
from brokerage.customers.models.profiles import ProfileVersion, Source

__all__ = [
    "Consent",
    "ConsentText",
    "Customer",
    "CustomerQuerySet",
    "DataExport",
    "IdType",
    "Kind",
    "OtherDocument",
    "ProfileVersion",
    "Source",
]
