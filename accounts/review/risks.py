"""Which things of an application need eyes, and how much care that makes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts.evidence.states import CheckKind, CheckResult
from accounts.papers.kinds import LICENCE
from accounts.review.states import Risk, RiskClass


@dataclass(frozen=True, kw_only=True)
class RiskFacts:
    """What is known of an application; no personal value among it.

    Attributes:
        checks: kind of question outside → its result; empty while it waits or was given up.
        differs: fields of the document whose typed value differs from what was read.
        read: whether both sides were read by machine.
        flawed: whether a photo that counts has a flaw.
        looked_up: whether the registry of enterprises is asked about it.
        paper: the kind of the document where it is no resident identity card.
        seen: whether somebody looked at its original.
        unfilmed: whether two people confirmed the person instead of a recording.
        on_paper: whether the agreements were signed by hand.
        minor: whether the person is under age, with own income.
        elder: whether the person has reached the age of the rule.
        expires: whether the document ends within the days of the rule.
        abroad: tax residence abroad.
        industry: works in the securities industry.
        bad_faith: declares an entry in a record of bad faith.
        others_money: somebody else controls or benefits.
        assisted: staff entered some answer.
        again: it was sent back before.
    """

    checks: Mapping[str, str]
    differs: Collection[str] = ()
    read: bool = True
    flawed: bool = False
    looked_up: bool = False
    paper: str = ""
    seen: bool = False
    unfilmed: bool = False
    on_paper: bool = False
    minor: bool = False
    elder: bool = False
    expires: bool = False
    abroad: bool = False
    industry: bool = False
    bad_faith: bool = False
    others_money: bool = False
    assisted: bool = False
    again: bool = False


_BY_RESULT: dict[str, dict[str, Risk]] = {
    CheckKind.IDENTITY: {
        CheckResult.MISMATCH: Risk.IDENTITY_DIFFERS,
        CheckResult.REFUSED: Risk.IDENTITY_DIFFERS,
        CheckResult.NOT_FOUND: Risk.IDENTITY_UNKNOWN,
        "": Risk.IDENTITY_OPEN,
    },
    CheckKind.FACE: {
        CheckResult.DIFFERENT: Risk.FACE_DIFFERS,
        CheckResult.UNCLEAR: Risk.FACE_UNCLEAR,
        CheckResult.REFUSED: Risk.FACE_UNCLEAR,
        "": Risk.FACE_OPEN,
    },
    CheckKind.PHONE: {CheckResult.MISMATCH: Risk.PHONE_DIFFERS},
    CheckKind.REGISTRY: {
        CheckResult.MISMATCH: Risk.REGISTRY_DIFFERS,
        CheckResult.REFUSED: Risk.REGISTRY_DIFFERS,
        CheckResult.NOT_FOUND: Risk.REGISTRY_UNKNOWN,
        CheckResult.ENDED: Risk.REGISTRY_ENDED,
        "": Risk.REGISTRY_OPEN,
    },
    CheckKind.CARD: dict.fromkeys(
        (
            CheckResult.OTHER,
            CheckResult.UNKNOWN,
            CheckResult.INACTIVE,
            CheckResult.WRONG_CLASS,
            CheckResult.REFUSED,
        ),
        Risk.CARD_DIFFERS,
    ),
}


NOT_ASKED = (CheckKind.IDENTITY, CheckKind.FACE)
"""Of other papers nobody outside is asked: somebody looked at the original instead."""


ALWAYS_HIGH = frozenset({Risk.ON_PAPER})
"""Whatever the dated rule says: no machine has checked these, so two people look."""


def risks_of(facts: RiskFacts) -> tuple[Risk, ...]:
    """Everything that needs eyes, in the order of `Risk`."""
    found = {
        by_result[facts.checks.get(kind, "")]
        for kind, by_result in _BY_RESULT.items()
        if not (facts.paper and kind in NOT_ASKED)
        if not (facts.unfilmed and kind == CheckKind.FACE)
        if facts.looked_up or kind != CheckKind.REGISTRY
        if facts.checks.get(kind, "") in by_result
    }
    told = {
        Risk.VALUES_DIFFER: bool(facts.differs),
        Risk.NOT_READ: not facts.read and not facts.paper,
        Risk.PHOTO_FLAWED: facts.flawed,
        Risk.EXPIRES: facts.expires,
        Risk.ORGANISATION: facts.paper == LICENCE,
        Risk.OTHER_PAPER: bool(facts.paper) and facts.paper != LICENCE,
        Risk.NOT_SEEN: bool(facts.paper) and not facts.seen,
        Risk.NOT_FILMED: facts.unfilmed,
        Risk.ON_PAPER: facts.on_paper,
        Risk.MINOR: facts.minor,
        Risk.ELDER: facts.elder,
        Risk.ABROAD: facts.abroad,
        Risk.INDUSTRY: facts.industry,
        Risk.BAD_FAITH: facts.bad_faith,
        Risk.OTHERS_MONEY: facts.others_money,
        Risk.ASSISTED: facts.assisted,
        Risk.AGAIN: facts.again,
    }
    found |= {risk for risk, true in told.items() if true}
    return tuple(risk for risk in Risk if risk in found)


def class_of(risks: Collection[Risk], high: Collection[str]) -> RiskClass:
    """Low without any risk, high with one that the rule names or that always is, else medium."""
    if not risks:
        return RiskClass.LOW
    is_high = any(risk in high or risk in ALWAYS_HIGH for risk in risks)
    return RiskClass.HIGH if is_high else RiskClass.MEDIUM
