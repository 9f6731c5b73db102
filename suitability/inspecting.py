"""One kept decision of any kind in plain lines, for an inspector, in the active language.

Each kind says what was decided, when, by which version of the rules and of the texts, why, and
last the inputs as they are stored, from which the decision can be taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import override

from brokerage.core.display import formats
from brokerage.core.registry import Registry
from suitability import letters
from suitability.explaining import explain, fact_words
from suitability.models import (
    Assessment,
    CoachingFlag,
    Disclosure,
    DoubleRecording,
    InsistCase,
    InvestorStatus,
    ItemGrade,
    MatchRecord,
    SaleFollowUp,
    StatusRequest,
    in_language,
)
from suitability.rules.classes import StatusDecision
from suitability.rules.disclosing import DisclosureDecision
from suitability.rules.grading import GradingDecision
from suitability.rules.insisting import InsistDecision
from suitability.selectors.rules import questions_of, recording_rules_of
from suitability.wording import sentences

Lines = Callable[[UUID], tuple[str, Callable[[], Iterable[str]]] | None]

kinds: Registry[Lines] = Registry("suitability.inspecting")
"""A ref → the language of the decision and what makes its lines; None for a foreign ref."""


def tell(ref: UUID, language: str = "") -> list[str]:
    """The lines of the decision with this ref.

    Args:
        language: zh-hans or en; by default the one in which it was decided.

    Raises:
        LookupError: where no kind of decision has this ref.
    """
    for kind in kinds:
        if found := kind(ref):
            was, lines = found
            with override(language or was):
                return [each for each in lines() if each]
    raise LookupError(ref)


def register() -> None:
    """Called once when the app is ready; higher apps add their kinds."""
    for model, lines in KINDS.items():
        kinds.register(model._meta.label_lower, _of(model, lines))


def _of(model: type[Any], lines: Callable[[Any], Iterable[str]]) -> Lines:
    def found(ref: UUID) -> tuple[str, Callable[[], Iterable[str]]] | None:
        row = model._default_manager.filter(ref=ref).first()
        if row is None:
            return None
        language = getattr(row, "language", "") or "zh-hans"
        return language, lambda: lines(row)

    return found


def _head(row: Any, *about: object) -> Iterator[str]:
    """What it is, of whom, how it stands, and under which rules."""
    yield f"{row._meta.verbose_name} · {row.ref}"
    customer = getattr(row, "customer", None)
    yield " · ".join(str(each) for each in (customer and customer.ref, *about) if each)
    if version := getattr(row, "rule_version", ""):
        yield _label(row, "rule_version", version)


def _label(row: Model, name: str, value: object) -> str:
    return _("{what}: {value}").format(what=row._meta.get_field(name).verbose_name, value=value)  # type: ignore[union-attr]  # a column


def _said(row: Any, *names: str) -> Iterator[str]:
    """Each named field that is filled, with its name."""
    for name in names:
        if value := getattr(row, name):
            shown = getattr(row, f"get_{name}_display", None)
            yield _label(row, name, shown() if shown else value)


def _steps(row: Any, *names: str) -> Iterator[str]:
    """Each instant that came, with the name of its step."""
    for name in names:
        if at := getattr(row, name):
            yield _label(row, name, formats.moment(at))


def _why(texts: Iterable[str]) -> Iterator[str]:
    return (f"- {text}" for text in texts)


def _match(row: MatchRecord) -> Iterator[str]:
    told = explain(row)
    yield from _head(row, row.item, row.get_outcome_display())
    yield from _steps(row, "decided_at")
    for leg in told.legs:
        fits = _("Fits") if leg.fits else _("Does not fit")
        yield f"{leg.title}: {leg.item} / {leg.yours}: {fits}"
    yield from _why(told.reasons)
    yield from (f"+ {item.code} {item}" for item in told.nearest)
    yield row.inputs or ""


def _assessment(row: Assessment) -> Iterator[str]:
    yield from _head(row, row.questionnaire.title, row.questionnaire.version)
    yield from _steps(row, "started_at", "submitted_at", "confirmed_at")
    if row.decision is None:
        return
    told = letters.letter(row)
    yield from _said(row, "changed", "score", "investor_class")
    for group in told["groups"]:
        yield f"{group['name']}: {group['points']} / {group['most']}"
    yield from _why([*told["lowest_because"], *told["conflicts"]])
    yield _label(row, "valid_until", formats.day(row.valid_until, year=True))  # type: ignore[arg-type]
    for line in letters.lines(row):
        yield f"{line['number']}. {line['text']} {_('; ').join(line['answers'])}"
    yield row.inputs or ""


def _insist(row: InsistCase) -> Iterator[str]:
    yield from _head(row, row.record.item, row.get_status_display(), row.get_channel_display())
    yield from _said(row, "warning", "wish", "place")
    yield from _steps(row, "asked_at", "warned_at", "acknowledged_at", "confirmed_at")
    yield from _steps(row, "withdrawn_at")
    yield from (_recording_line(each) for each in row.record.recordings.order_by("pk"))
    if row.result:
        yield from _why(sentences(InsistDecision.from_json(row.result).reasons, fact_words()))
    yield row.inputs or ""


def _recording_line(row: DoubleRecording) -> str:
    return f"{row._meta.verbose_name} · {row.ref} · {row.get_status_display()}"


def _disclosure(row: Disclosure) -> Iterator[str]:
    yield from _head(row, row.record.item, row.get_status_display(), row.get_channel_display())
    yield from _said(row, "text", "special_text", "extra", "place")
    yield from _steps(row, "shown_at", "read_at", "warned_at", "accepted_at", "done_at")
    yield from _steps(row, "given_up_at")
    yield from (_recording_line(each) for each in row.record.recordings.order_by("pk"))
    if row.result:
        yield from _why(sentences(DisclosureDecision.from_json(row.result).reasons))
    yield row.inputs or ""


def _status_request(row: StatusRequest) -> Iterator[str]:
    yield from _head(row, row.get_kind_display(), row.get_status_display())
    yield from _said(row, "text", "purpose", "extra", "place")
    yield from (_recording_line(each) for each in row.recordings.order_by("pk"))
    yield from _steps(row, "explained_at", "accepted_at", "submitted_at", "examined_at")
    yield from _steps(row, "decided_at", "withdrawn_at")
    for proof in row.proofs.order_by("pk"):
        values = (proof.claimed, proof.found, formats.day(proof.as_of, year=True))
        yield f"{proof}: {' / '.join(value for value in values if value)}"
    for test in row.tests.exclude(submitted_at=None).order_by("pk"):
        yield f"{test._meta.verbose_name} · {test.rule_version} · {test.score}"
    if row.result:
        yield from _why(sentences(StatusDecision.from_json(row.result).reasons, fact_words()))
    yield from _said(row, "reason")
    yield row.inputs or ""


def _status(row: InvestorStatus) -> Iterator[str]:
    yield from _head(row, row.get_kind_display())
    for name in ("since", "until", "ended_on"):
        if value := getattr(row, name):
            yield _label(row, name, formats.day(value, year=True))
    yield from _said(row, "ended_why")
    if row.result:
        yield from _why(sentences(StatusDecision.from_json(row.result).reasons, fact_words()))
    yield row.inputs or ""


def _grade(row: ItemGrade) -> Iterator[str]:
    yield from _head(row, row.item, row.grade, row.get_decision_display())
    yield _label(row, "valid_from", formats.day(row.valid_from, year=True))
    yield from _said(row, "least", "floor", "category", "change_reason")
    yield from _why(sentences(GradingDecision.from_json(row.reasons).reasons))
    yield row.inputs


def _recording(row: DoubleRecording) -> Iterator[str]:
    yield from _head(row, row.matter, row.get_about_display(), row.get_status_display())
    yield from _said(row, "script", "consent", "place")
    yield from _steps(row, "consented_at", "begun_at", "completed_at", "checked_at")
    yield from _steps(row, "given_up_at")
    for chapter in row.chapters.all():
        yield f"{chapter.position}. {chapter.shown} {chapter.file_sha256}"
    for point in recording_rules_of(row.rule_version).points:
        if point.key in row.findings:
            yield f"{in_language(dict(point.text))}: {_yes(row.findings[point.key])}"
    yield from _said(row, "note")


def _follow_up(row: SaleFollowUp) -> Iterator[str]:
    yield from _head(row, row.record.item, row.get_status_display())
    yield from _said(row, "sale_ref", "year", "place_drawn", "drawn_of", "text", "tries")
    yield from _steps(row, "sold_at", "due_at", "called_at", "decided_at")
    for question in questions_of(row.text):
        if question.key in row.answers:
            given = row.answers[question.key] == "yes"
            yield f"{in_language(dict(question.text))}: {_yes(given)}"
    yield from _said(row, "note", "decision")


def _coaching(row: CoachingFlag) -> Iterator[str]:
    yield from _head(row, row.get_status_display())
    yield from _steps(row, "found_at", "decided_at")
    yield from _why(sentences(row.reasons))
    yield from _said(row, "note")
    yield row.inputs or ""


def _yes(given: bool) -> str:
    return _("yes") if given else _("no")


KINDS: dict[type[Any], Callable[[Any], Iterable[str]]] = {
    MatchRecord: _match,
    Assessment: _assessment,
    InsistCase: _insist,
    Disclosure: _disclosure,
    StatusRequest: _status_request,
    InvestorStatus: _status,
    ItemGrade: _grade,
    DoubleRecording: _recording,
    SaleFollowUp: _follow_up,
    CoachingFlag: _coaching,
}
"""Every kind of decision that this app keeps."""
