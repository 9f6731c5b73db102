"""Face comparison over HTTP; its contract stands in docs/gateways/face.md.

Keep the result, not the sample: the images go out for the comparison, and the provider's promise
to delete them is part of the contract. Never the sole means: staff look at the video as well.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.gateways.base import BadAnswer, ask, choice
from brokerage.core.outbound import JsonClient

SAME, DIFFERENT, UNCLEAR = "same", "different", "unclear"
RESULTS = (SAME, DIFFERENT, UNCLEAR)


@dataclass(frozen=True)
class FaceQuestion:
    """Two portraits; the number only tells the sandbox which scenario to play.

    Attributes:
        live: JPEG of the person before the camera.
        reference: JPEG of the registry or of the document.
        number: identity number.
    """

    live: bytes
    reference: bytes
    number: str

    def to_wire(self) -> dict[str, Any]:
        """Images in base64; the number stays here."""
        return {
            "live": base64.b64encode(self.live).decode(),
            "reference": base64.b64encode(self.reference).decode(),
        }


@dataclass(frozen=True)
class FaceAnswer:
    """Same, different or unclear, and how alike in thousandths."""

    result: str
    score: int


class FaceGateway(Protocol):
    """Whether two portraits show one person."""

    def compare(self, question: FaceQuestion, *, key: UUID, at: datetime) -> FaceAnswer:
        """Raises Unavailable, NotYet or Refused."""


class HttpFaceGateway:
    """POST /face-comparisons."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def compare(self, question: FaceQuestion, *, key: UUID, at: datetime) -> FaceAnswer:
        """See FaceGateway."""
        return read_face(ask(self.client, "/face-comparisons", question.to_wire(), key))


def read_face(data: dict[str, Any]) -> FaceAnswer:
    """The answer in a body; raises BadAnswer."""
    score = data.get("score")
    if not isinstance(score, int) or isinstance(score, bool) or not 0 <= score <= 1000:
        raise BadAnswer("score")
    return FaceAnswer(choice(data, "result", RESULTS), score)
