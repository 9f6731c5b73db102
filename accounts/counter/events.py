"""What happens to a release of a case; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.events import ApplicationEvent
from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseOffered(ApplicationEvent):
    """The customer asked for a code for an outlet.

    Attributes:
        release: ref of the release.
    """

    kind: ClassVar[str] = "accounts.case_offered"
    release: UUID


@dataclass(frozen=True, kw_only=True)
class CaseOpened(ApplicationEvent):
    """Staff of an outlet opened the case with the customer's code.

    Attributes:
        release: ref of the release.
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "accounts.case_opened"
    release: UUID
    outlet: UUID


@dataclass(frozen=True, kw_only=True)
class CaseClosed(ApplicationEvent):
    """A release ended.

    Attributes:
        release: ref of the release.
        ended_by: why, a word of ReleaseEnd.
    """

    kind: ClassVar[str] = "accounts.case_closed"
    release: UUID
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class StepDoneAtCounter(ApplicationEvent):
    """An outlet finished a step; answers still wait for the customer's confirmation.

    Attributes:
        step: which.
        release: under which release.
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "accounts.step_done_at_counter"
    step: str
    release: UUID
    outlet: UUID


@dataclass(frozen=True, kw_only=True)
class StepConfirmed(ApplicationEvent):
    """The customer confirmed what staff had entered.

    Attributes:
        step: which.
        section: where the answers stand now.
    """

    kind: ClassVar[str] = "accounts.step_confirmed"
    step: str
    section: str


@dataclass(frozen=True, kw_only=True)
class WrongReleaseCode(Event):
    """Somebody of staff typed a release code that leads nowhere; `subject` is the outlet.

    Attributes:
        wrong: how many since the last right one or the last pause.
    """

    subject_type: ClassVar[str] = "branches.orgunit"
    kind: ClassVar[str] = "accounts.wrong_release_code"
    wrong: int


@dataclass(frozen=True, kw_only=True)
class PersonConfirmed(ApplicationEvent):
    """One of two people at an outlet confirmed in person who a customer is who is not filmed.

    Attributes:
        witnessing: ref of the record of both.
        looks: what was looked at, words of `PersonLook`.
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "accounts.person_confirmed"
    witnessing: UUID
    looks: tuple[str, ...]
    outlet: UUID
