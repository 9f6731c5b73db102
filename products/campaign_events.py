"""What happens to campaigns of offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class OfferCampaignEvent(Event):
    """Something happened to a campaign of offers."""

    subject_type: ClassVar[str] = "products.offercampaign"


@dataclass(frozen=True, kw_only=True)
class OfferCampaignProposed(OfferCampaignEvent):
    """A campaign was counted and waits for a second person."""

    kind: ClassVar[str] = "products.offer_campaign_proposed"
    reached: int


@dataclass(frozen=True, kw_only=True)
class OfferCampaignAgreed(OfferCampaignEvent):
    """A second person agreed; the worker sends it."""

    kind: ClassVar[str] = "products.offer_campaign_agreed"


@dataclass(frozen=True, kw_only=True)
class OfferCampaignBegun(OfferCampaignEvent):
    """Its customers were found."""

    kind: ClassVar[str] = "products.offer_campaign_begun"
    reached: int


@dataclass(frozen=True, kw_only=True)
class OfferCampaignEnded(OfferCampaignEvent):
    """Nothing more is sent."""

    kind: ClassVar[str] = "products.offer_campaign_ended"
    end: str
    sent: int
