"""Texts in versions, messages to people, and their way through the outside channels."""

from brokerage.messaging.models.messages import Channel, Delivery, Message
from brokerage.messaging.models.preferences import Preference
from brokerage.messaging.models.sandbox import SandboxOutbox
from brokerage.messaging.models.texts import Purpose, TextVersion

__all__ = [
    "Channel",
    "Delivery",
    "Message",
    "Preference",
    "Purpose",
    "SandboxOutbox",
    "TextVersion",
]
