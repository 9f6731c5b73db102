"""Reasons as sentences, in the reader's language.

One sentence a code, complete by test. What parameters name by a key (a fact, a step, a question)
is put in words here or, where only a version or a product knows the words, by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from brokerage.core.display import formats
from suitability.labels import LABELS
from suitability.rules.reasons import Code, Reason

Words = Mapping[str, str]

SENTENCES: dict[Code, Any] = {
    Code.ENTRY_FAILED: _("You do not meet an entry requirement of this product: {requirement}."),
    Code.ENTRY_UNPROVEN: _(
        "This product has an entry requirement that has not been checked for you yet: "
        "{requirement}."
    ),
    Code.LOWEST_ABOVE_R1: _(
        "You are in the lowest class, which may have R1 only. This is {grade}, and no "
        "one can make an exception."
    ),
    Code.LOWEST_NO_PERMISSION: _(
        "You are in the lowest class. No trading permission can be opened for it."
    ),
    Code.LOWEST_CANNOT_INSIST: _(
        "You are in the lowest class. What does not suit you cannot be sold to you, "
        "even if you ask for it."
    ),
    Code.ASSESSMENT_MISSING: _("Your risk assessment is missing."),
    Code.ASSESSMENT_VALID: _("Your risk assessment is valid; it ends on {date}."),
    Code.ASSESSMENT_EXPIRED: _("Your risk assessment ended on {date}."),
    Code.RISK_FITS: _("Your class {class} covers risk {grade}."),
    Code.RISK_ABOVE_CLASS: _("Risk {grade} is above your class {class}."),
    Code.HORIZON_FITS: _(
        "Your money may be bound for {months}, which fits how long you want to invest."
    ),
    Code.HORIZON_TOO_LONG: _(
        "Your money may be bound for {months}, longer than the {limit} you chose."
    ),
    Code.HORIZON_UNKNOWN: _("We do not know how long you want to invest."),
    Code.TYPE_FITS: _("You said that you want to invest in this type: {type}."),
    Code.TYPE_NOT_WANTED: _("You did not say that you want to invest in this type: {type}."),
    Code.TYPE_UNKNOWN: _("We do not know what you want to invest in."),
    Code.PROFESSIONAL: _(
        "Professional investor: {kind}. The special protection of ordinary investors "
        "does not apply."
    ),
    Code.OFFERED_BY_US: _(
        "We showed or offered this to you on {date}. Within {days} days of that it does "
        "not count as your own wish."
    ),
    Code.NOT_ASKED: _("There is no record that you asked for this yourself."),
    Code.NOTHING_TO_INSIST_ON: _("This suits you. No special confirmation is needed."),
    Code.WARNING_MISSING: _("The special written warning has not been shown after you asked."),
    Code.WARNING_OUTDATED: _("The warning that was shown is not the present version {version}."),
    Code.NOT_ACKNOWLEDGED: _("The warning has not been acknowledged."),
    Code.PAUSE_TOO_SHORT: _(
        "The second confirmation has to come at least {minutes} minutes after the first."
    ),
    Code.NOT_CONFIRMED_AGAIN: _("The second confirmation is missing."),
    Code.TRACE_MISSING: _("The electronic record of the steps is missing."),
    Code.RECORDING_MISSING: _("There is no recording with the present script."),
    Code.RECORDING_INCOMPLETE: _("The recording lacks {count} chapters."),
    Code.RECORDING_UNCHECKED: _("The recording has not passed its quality check."),
    Code.NOTICE_NOT_SHOWN: _("This has not been shown to you yet: {notice}."),
    Code.NOTICE_OUTDATED: _("There is a new version. Read it once more: {notice}."),
    Code.NOTICE_NOT_ACKNOWLEDGED: _("You have not acknowledged this yet: {notice}."),
    Code.NOTICE_READ_TOO_FAST: _("Reading takes at least {seconds} seconds: {notice}."),
    Code.INFORMATION_MISSING: _("Tell us where the money comes from and when you need it."),
    Code.SALE_NOT_CONFIRMED: _("After the time to think you confirm once more."),
    Code.THINKING_TOO_SHORT: _("The time to think is {hours} hours. Confirm after it."),
    Code.AGE_DIFFERS: _(
        "Your answer on age differs from your identity document. Check it: “{question}”"
    ),
    Code.ASSETS_OVER_INCOME: _(
        "Your assets are large beside the income you told us. Check it: “{question}”"
    ),
    Code.EXPERIENCE_BEFORE_FIRST_TRADE: _(
        "The depository knows of no trade of yours that is old enough ({date}). Check "
        "it: “{question}”"
    ),
    Code.DEGREE_DIFFERS: _(
        "Your answer on education differs from your profile. Check it: “{question}”"
    ),
    Code.ANSWERS_DISAGREE: _(
        "Two answers do not go together. Check them: “{question}” and “{other}”"
    ),
    Code.ANSWER_MAKES_LOWEST: _(
        "Your answer to “{question}” puts you in the lowest class, whatever the score."
    ),
    Code.DECLARATION_MAKES_LOWEST: _(
        "Your statement “{declaration}” puts you in the lowest class, whatever the score."
    ),
    Code.UNDER_AGE: _("You are under {years}. That puts you in the lowest class."),
    Code.NOTHING_CHANGED: _("Tell us what has changed since your last assessment."),
    Code.CAP_OF_THE_DAY: _("You can answer {limit} times a day. Come back on {date}."),
    Code.CAP_OF_THE_YEAR: _(
        "You can answer {limit} times in twelve months. The next time is from {date}."
    ),
    Code.JUMP_AFTER_REFUSAL: _(
        "The class rose from {before} to {after} shortly after a refusal on {date}."
    ),
    Code.SAME_DEVICE: _("{count} people used the same device."),
    Code.SAME_OUTLET: _(
        "{count} people at the same outlet or partner gave nearly the same answers."
    ),
    Code.NEAR_IDENTICAL: _("{count} people gave nearly the same answers, up to {percent}% equal."),
    Code.TOO_FAST: _("Answered in {seconds} seconds; reading takes at least {limit}."),
    Code.ENOUGH: _("{fact}: {amount}, at least {needed}."),
    Code.TOO_LITTLE: _("{fact}: {amount}, at least {needed} is needed; {missing} is lacking."),
    Code.UNPROVEN: _("There is no proof yet: {fact}."),
    Code.PROOF_OF_OTHER_DATE: _("The proof is not as of {date}: {fact}."),
    Code.PROOF_TOO_OLD: _("The proof is older than {date}: {fact}."),
    Code.FACT_HOLDS: _("Done or proved: {fact}."),
    Code.FACT_LACKS: _("Not given: {fact}."),
    Code.ONE_IS_ENOUGH: _("One of these would be enough:"),
    Code.AVERAGE_ENOUGH: _(
        "Your daily average over {days} trading days is {amount}, at least {needed}."
    ),
    Code.AVERAGE_TOO_LOW: _(
        "Your daily average over {days} trading days is {amount}; {needed} is needed, "
        "{missing} is lacking."
    ),
    Code.DEPOSIT_MUST_STAY: _(
        "A deposit for a few days does not help: the average counts {days} trading "
        "days. To reach it, {missing} more would have to stay for all of them."
    ),
    Code.AVERAGE_FEW_DAYS: _(
        "Short deposits do not count: {needed} has to be there on at least {days} of these "
        "trading days; it was on {found}."
    ),
    Code.AVERAGE_OFTEN_ENOUGH: _(
        "{needed} was there on {found} of these trading days, at least {days} are asked for."
    ),
    Code.AVERAGE_UNKNOWN: _(
        "A daily average of {needed} over {days} trading days is needed. We do not know your "
        "assets yet. A deposit for a few days does not help."
    ),
    Code.AVERAGE_WAITS: _(
        "The figures of {date} have not arrived yet. Until they do, that day counts as nothing."
    ),
    Code.AVERAGE_LEAVES_OUT: _(
        "The figures of {date} will not come. The average leaves that day out and looks back one "
        "trading day more."
    ),
    Code.EXPERIENCE_ENOUGH: _("You have traded for {months} or longer."),
    Code.EXPERIENCE_TOO_SHORT: _("{months} of trading are needed; you reach them on {date}."),
    Code.EXPERIENCE_NOT_BEGUN: _(
        "{months} of trading are needed; they begin with your first trade."
    ),
    Code.EXPERIENCE_UNKNOWN: _(
        "{months} of trading are needed. We do not know the day of your first trade yet."
    ),
    Code.TEST_PASSED: _("You passed the test with {score} points."),
    Code.TEST_TO_PASS: _("A test is to be passed with at least {score} points."),
    Code.CLASS_ENOUGH: _("Your class is {class} or higher."),
    Code.CLASS_TOO_LOW: _(
        "This is for class {class} and higher. Your class follows from your situation; "
        "it is no goal."
    ),
    Code.STEP_MISSING: _("A step is still to be done: {step}."),
    Code.LOWEST_CANNOT_CONVERT: _(
        "You are in the lowest class and cannot become a professional investor."
    ),
    Code.NOT_CONVERTIBLE: _("This kind cannot be changed: {kind}."),
    Code.NOTICE_MISSING: _("Your written notice is missing."),
    Code.NOTICE_ACCEPTED: _("We received your notice. You are an ordinary investor from now on."),
    Code.STATUS_PROVED: _("The conditions of a professional investor are proved."),
    Code.FACTOR_SETS: _("{factor}: at least {grade}."),
    Code.FACTOR_MISSING: _("This is needed to set a grade: {factor}."),
    Code.FLOOR_SETS: _("The self-regulatory list asks for at least {grade}: {category}."),
    Code.FIRM_SETS: _("The firm grades it higher: {grade}."),
    Code.BELOW_FLOOR: _("The self-regulatory list does not allow less than {grade}: {category}."),
    Code.BELOW_FACTORS: _("The factors give at least {grade}. A lower grade is not possible."),
}
AMOUNTS = {"amount", "needed", "missing"}
MONTHS = {"months"}


def sentence(reason: Reason, words: Words | None = None) -> str:
    """One reason in the active language.

    Args:
        words: texts by key of questions, declarations and entry requirements, from the version
            that was shown; a key without words stands for itself.
    """
    known = words or {}
    given = reason.parameters
    in_months = given.get("fact", "").endswith("_months") or (reason.code is Code.HORIZON_TOO_LONG)
    shown = {name: _shown(name, text, known, in_months) for name, text in given.items()}
    return str(SENTENCES[reason.code]).format_map(shown)


def sentences(reasons: tuple[Reason, ...], words: Words | None = None) -> list[str]:
    """All of them, in their order."""
    return [sentence(each, words) for each in reasons]


def _shown(name: str, text: str, words: Words, in_months: bool) -> str:
    if name in MONTHS or (in_months and name in AMOUNTS | {"limit"}):
        return months(text)
    if name in AMOUNTS:
        return formats.money(Decimal(text))
    if name == "date":
        return formats.day(date.fromisoformat(text), year=True)
    if name in LABELS:
        return str(LABELS[name].get(text, text))
    return words.get(text, text)


def months(text: str) -> str:
    """A number of months in words, such as "12 months"."""
    number = Decimal(text)
    shown = formats.number(number)
    return ngettext("{n} month", "{n} months", 1 if number == 1 else 2).format(n=shown)
