"""What leaves our house for an institution: webhooks."""

from partners.gateways.webhooks import Answer, NotSent, post

__all__ = ["Answer", "NotSent", "post"]
