"""Takes kept decisions again from what is stored and reports any that differ."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suitability.models import (
    Assessment,
    Disclosure,
    InsistCase,
    InvestorStatus,
    ItemGrade,
    MatchRecord,
    StatusRequest,
)
from suitability.replaying import (
    Difference,
    assessment_differences,
    differences,
    disclosure_differences,
    grade_differences,
    insist_differences,
    notice_differences,
    status_differences,
)
from suitability.states import InsistStatus


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="first business date")
        parser.add_argument("--sample", type=int, help="so many at random")

    def _others(self, since: date | None) -> list[Difference]:
        """Papers, grades, disclosures, decided applications of professional investors, notices."""
        requests = StatusRequest.objects.exclude(decided_at=None).select_related("customer")
        notices = InvestorStatus.objects.exclude(ended_at=None)
        if since:
            requests = requests.filter(decided_at__date__gte=since)
            notices = notices.filter(ended_on__gte=since)
        told = Disclosure.objects.exclude(done_at=None)
        papers = Assessment.objects.exclude(submitted_at=None).select_related("questionnaire")
        grades = ItemGrade.objects.all()
        if since:
            told = told.filter(done_at__date__gte=since)
            papers = papers.filter(submitted_at__date__gte=since)
            grades = grades.filter(made_at__date__gte=since)
        return [
            *assessment_differences(papers.iterator(chunk_size=2000)),
            *grade_differences(grades.iterator(chunk_size=2000)),
            *disclosure_differences(told.iterator()),
            *status_differences(requests.iterator()),
            *notice_differences(notices.iterator()),
        ]

    def handle(self, *args: Any, **options: Any) -> None:
        rows = MatchRecord.objects.order_by("pk")
        if options["since"]:
            rows = rows.filter(decided_on__gte=options["since"])
        if options["sample"]:
            rows = rows.order_by("?")[: options["sample"]]
        number = 0

        def counted() -> Any:
            nonlocal number
            for row in rows.iterator(chunk_size=2000):
                number += 1
                yield row

        found = list(differences(counted()))
        cases = InsistCase.objects.filter(status=InsistStatus.CONFIRMED).order_by("pk")
        if options["since"]:
            cases = cases.filter(record__decided_on__gte=options["since"])
        if not options["sample"]:
            found += insist_differences(cases.iterator(chunk_size=2000))
            found += self._others(options["since"])
        for each in found:
            self.stdout.write(f"{each.ref}: {each.why}")
        if found:
            raise CommandError(f"{len(found)} of {number} decisions differ.")
        self.stdout.write(f"{number} decisions came out the same.")
