"""Refs that stand for a signature without a log-in: the release and the demonstration.

They are fixed, so that lists can name them and a production database can be searched for them.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RELEASE_AUTHOR = uuid5(NAMESPACE_URL, "brokerage:release:author")
RELEASE_REVIEWER = uuid5(NAMESPACE_URL, "brokerage:release:reviewer")
DEMONSTRATION = uuid5(NAMESPACE_URL, "brokerage:demonstration")

NAMES: dict[UUID, str | Promise] = {
    RELEASE_AUTHOR: _("Author of the release"),
    RELEASE_REVIEWER: _("Reviewer of the release"),
    DEMONSTRATION: _("Demonstration"),
}
