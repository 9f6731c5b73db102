"""Background entry points of the network: load, one call.

The worker looks for this module alone, so those of the parts are named here.
"""

from __future__ import annotations

from uuid import UUID

import branches.suggestions.tasks
import branches.visits.tasks  # noqa: F401 - both register their jobs
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule


@job(Lane.BULK)
def tell_customers(ref: str) -> None:
    """Tell the customers of a unit what was announced."""
    from branches.notices import tell_customers_of

    tell_customers_of(ref=UUID(ref), at=clock.now())


@job(Lane.BULK)
def move_customers(ref: str) -> None:
    """Move the customers of a unit that closes."""
    from branches.models import UnitProcedure
    from branches.use_cases.finish_procedure import move_customers as move
    from brokerage.journal.actors import Actor

    procedure = UnitProcedure.objects.get(ref=UUID(ref))
    move(procedure=procedure, actor=Actor.system("branches.move_customers"), at=clock.now())


@schedule("20 22 * * *")  # 06:20 in Shanghai
def look_at_rates_again(timestamp: int) -> None:
    """Find released rates that fees, in force or announced, do not allow any more."""
    from branches.use_cases.review_rates import review_rates
    from brokerage.journal.actors import Actor

    review_rates(actor=Actor.system("branches.review_rates"), at=clock.now())


@schedule("0 * * * *")  # midnight in Shanghai counts; the other hours make up for a lost run
def begin_names(timestamp: int) -> None:
    """Let units carry the name that begins today."""
    from branches.use_cases.rename_unit import let_names_begin

    let_names_begin(at=clock.now())


@schedule("40 22 * * *")  # 06:40 in Shanghai
def remind_staff(timestamp: int) -> None:
    """Remind of licences that end and of forced leave that is due."""
    from branches.notices import remind_of_duties

    remind_of_duties(at=clock.now())
