"""Calls after high-risk sales: which sales are drawn, what is asked, what raises a concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from suitability.rules.matching import Duty

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One question with the answer that raises no concern; `text` by language."""

    key: str
    text: Texts
    fine: bool


@dataclass(frozen=True, kw_only=True)
class FollowUpRules:
    """Figures of the calls; `reference/rules/follow_up.yaml`.

    Attributes:
        shares: of a hundred sales with this duty so many are called, by duty.
        due: so long after the sale the call should be made.
        tries: after so many without an answer compliance takes over.
        text: version of the questions.
    """

    version: str
    shares: Mapping[Duty, int]
    due: timedelta
    tries: int
    text: str


def build_follow_up_rules(content: Mapping[str, Any], version: str) -> FollowUpRules:
    """The rules that the value of `suitability.follow_up` describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete or a figure cannot be.
    """
    found = FollowUpRules(
        version=version,
        shares={Duty(key): int(share) for key, share in content["shares"].items()},
        due=timedelta(days=int(content["due_days"])),
        tries=int(content["tries"]),
        text=str(content["text"]),
    )
    if any(not 0 <= share <= 100 for share in found.shares.values()):
        raise ValueError("A share lies between 0 and 100 of a hundred.")
    if found.due <= timedelta(0) or found.tries < 1 or "@" not in found.text:
        raise ValueError("A time, a number of tries or the version of the questions cannot be.")
    return found


def build_questions(content: Mapping[str, Any], languages: Sequence[str]) -> tuple[Question, ...]:
    """The questions of a version.

    Raises:
        KeyError, TypeError, ValueError: when one is incomplete, or two have one key.
    """
    found = tuple(
        Question(
            str(each["key"]),
            {code: str(each["text"][code]) for code in languages},
            {"yes": True, "no": False}[each["fine"]],
        )
        for each in content["questions"]
    )
    if not found or len({each.key for each in found}) < len(found):
        raise ValueError("There are questions, each once.")
    return found


def is_drawn(sale: int, duties: Sequence[Duty], rules: FollowUpRules) -> bool:
    """Whether a sale is followed up: the same sale always gives the same answer.

    The ref of a sale is random, so that its rest of a hundred draws without chance here; a larger
    share never leaves out a sale that a smaller one drew.

    Args:
        sale: ref of the sale as a whole number.
        duties: what was owed before it; the largest share among them counts.
    """
    share = max((rules.shares.get(duty, 0) for duty in duties), default=0)
    return sale % 100 < share


def concerns(questions: Sequence[Question], answers: Mapping[str, bool]) -> tuple[str, ...]:
    """Keys of the questions whose answers raise a concern, in their order.

    Raises:
        ValueError: for answers that are not to exactly these questions.
    """
    if set(answers) != {each.key for each in questions}:
        raise ValueError("Each question is answered, and no other.")
    return tuple(each.key for each in questions if answers[each.key] is not each.fine)
