"""The codes of releases, whatever case they open: made, typed by staff, and wrong ones counted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.counter.events import WrongReleaseCode
from accounts.counter.selectors import outlets_to_help_at
from accounts.counter.states import ReleaseStatus
from accounts.dated import CounterTerms, counter_terms
from accounts.models import CodeTries
from accounts.models.releases import OutletRelease
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

DIGITS = 8
PURPOSE = "accounts.release_code"

T = TypeVar("T")
Opener = Callable[[str, OrgUnit, User, CounterTerms, datetime], T | None]
"""Opens what a code of its kind leads to; None where it leads to nothing of that kind."""


class UnableToRelease(Exception):
    """A release is refused; the message is translated and may be shown."""


def take_code(
    *,
    code: str,
    outlet: OrgUnit,
    helper: User,
    at: datetime,
    openers: Sequence[Opener[T]],
    counters: Callable[[Any, date], QuerySet[OrgUnit]] = outlets_to_help_at,
) -> T:
    """Open what a code belongs to; from then on it is this person's at this outlet.

    Of two who type one code, one opens the case. A wrong code counts, and too many in a row
    make the person wait; that count is kept although the code is refused.

    Args:
        code: as typed; blanks do not count.
        outlet: where the customer stands; one of the `counters` of `helper`.
        helper: who typed it.
        at: the instant.
        openers: tried in turn.
        counters: the outlets whose counters this person serves on a day.

    Raises:
        UnableToRelease: for a wrong, used or old code and another's outlet, while the person
            has to wait, and what an opener raises.
    """
    terms = counter_terms(business_date(at))
    if not counters(helper, business_date(at)).filter(pk=outlet.pk).exists():
        raise UnableToRelease(_("You do not serve customers at this outlet."))
    with transaction.atomic():
        tries = _tries(helper, terms, at)
        if tries.wrong >= terms.tries:
            raise UnableToRelease(
                _("Too many wrong codes. Try again in {minutes} minutes.").format(
                    minutes=terms.pause_minutes
                )
            )
        for opened in openers:
            if found := opened(code, outlet, helper, terms, at):
                tries.wrong = 0
                tries.save(update_fields=["wrong"])
                return found
        tries.wrong, tries.last_wrong_at = tries.wrong + 1, at
        tries.save(update_fields=["wrong", "last_wrong_at"])
        wrong = WrongReleaseCode(subject=outlet.ref, wrong=tries.wrong)
        record(wrong, actor=Actor.of(helper), at=at)
    raise UnableToRelease(
        _("This code leads nowhere: it is wrong, used or too old. Ask for a new one.")
    )


def fresh_code() -> str:
    """A code that no other offered release has."""
    while True:
        code = "".join(str(secrets.randbelow(10)) for _place in range(DIGITS))
        hashed = code_hash(code)
        if not any(
            model._default_manager.filter(code_hash=hashed).exists()
            for model in OutletRelease.__subclasses__()
        ):
            return code


def code_hash(code: str) -> str:
    """Under which a code is found."""
    return keyed_hash(code, purpose=PURPOSE)


def hashes_of(typed: str) -> list[str]:
    """Under which a code as typed may be found, while the look-up key changes; [] for none."""
    digits = "".join(typed.split())
    return list(accepted_hashes(digits, purpose=PURPOSE)) if digits else []


def open_at_outlet(
    release: OutletRelease, outlet: OrgUnit, helper: User, terms: CounterTerms, at: datetime
) -> None:
    """Bind a locked, offered release to one person and outlet; its code is wiped."""
    release.move_to(ReleaseStatus.IN_USE)
    release.helper, release.outlet, release.taken_at = helper, outlet, at
    release.until = at + timedelta(minutes=terms.help_minutes)
    release.code, release.code_hash = None, ""
    release.save()


def end_release(release: OutletRelease, ended_by: str, at: datetime) -> None:
    """End a locked release; its code, if it still has one, is wiped."""
    release.move_to(ReleaseStatus.ENDED)
    release.code, release.code_hash = None, ""
    release.ended_at, release.ended_by = at, ended_by
    release.save()


def _tries(helper: User, terms: CounterTerms, at: datetime) -> CodeTries:
    """The count of wrong codes, locked; it begins anew a pause after the last of them."""
    CodeTries.objects.get_or_create(helper=helper, defaults={"last_wrong_at": at})
    tries = CodeTries.objects.select_for_update(of=("self",)).get(helper=helper)
    if at >= tries.last_wrong_at + timedelta(minutes=terms.pause_minutes):
        tries.wrong = 0
    return tries
