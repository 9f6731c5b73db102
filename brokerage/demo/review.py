"""The review desk of the demonstration: skills, lists with a match, ratings, looks, a pause."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import yaml

from accounts.models import Application, ReviewSkill, WatchList
from accounts.review.states import PauseReason, Skill
from accounts.states import ACCEPTED, Status, Verdict
from accounts.use_cases import answer_second_look, draw_second_look, pause_review
from accounts.use_cases.load_watch_list import Listed, load_watch_list
from accounts.use_cases.rate_customer import rate_customer
from accounts.use_cases.screening import screen_application, screen_piece
from brokerage.demo.network import BUILDER
from brokerage.demo.people import name
from brokerage.users.models import User

FILE = Path(__file__).parent / "data" / "watch_lists.yaml"
LEARNED = {
    "reviewer@demo.example": tuple(Skill),
    "reviewer2@demo.example": (Skill.TAX, Skill.ELDER),
}
LOOKED_AT, DISAGREED = 4, 2  # second looks, and which of them comes to another verdict


def build_review(*, at: datetime) -> int:
    """Make what is not there yet; returns how many records were added."""
    if WatchList.objects.exists():
        return 0
    made = _skills() + _lists(at) + _ratings()
    return made + _second_looks() + _pause(at)


def _skills() -> int:
    rows = [
        ReviewSkill(user=User.objects.get(email=email), skill=skill, valid_from=date(2024, 1, 1))
        for email, skills in LEARNED.items()
        for skill in skills
    ]
    return len(ReviewSkill.objects.bulk_create(rows))


def _lists(at: datetime) -> int:
    plan = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for row in plan:
        people = [
            Listed(
                key=person["key"],
                name=person.get("name") or name(person["same_name_as"]).zh,
                birth_date=person.get("birth_date", ""),
            )
            for person in row.pop("people")
        ]
        release = load_watch_list(
            watch_list=WatchList.objects.create(**row), people=people, actor=BUILDER, at=at
        )
        while screen_piece(release=release, at=at):
            pass
    waiting = Application.objects.filter(status__in=[Status.SUBMITTED, Status.REVIEWING])
    for application in waiting.order_by("pk"):
        screen_application(application=application, at=at)
    return len(plan)


def _ratings() -> int:
    approved = Application.objects.filter(status__in=ACCEPTED).order_by("pk")
    for application in approved:
        assert application.decided_at is not None
        rate_customer(application=application, at=application.decided_at)
    return len(approved)


def _second_looks() -> int:
    other = User.objects.get(email="reviewer2@demo.example")
    approved = Application.objects.filter(status__in=ACCEPTED).order_by("pk")[:LOOKED_AT]
    for number, application in enumerate(approved):
        assert application.decided_at is not None
        look = draw_second_look(application=application, at=application.decided_at, draw=0)
        if look is None or number == LOOKED_AT - 1:  # the last one waits
            continue
        differs = number == DISAGREED
        answer_second_look(
            look=look,
            reviewer=other,
            verdict=Verdict.REJECT if differs else Verdict.APPROVE,
            note="证件照片反光，建议重拍。" if differs else "",
            at=application.decided_at + timedelta(hours=6),
        )
    return len(approved)


def _pause(at: datetime) -> int:
    rows = Application.objects.filter(status=Status.REVIEWING, recommended_by=None)
    application = rows.select_related("claimed_by").order_by("pk").first()
    if application is None or application.claimed_by is None:
        return 0
    pause_review(
        application=application,
        officer=application.claimed_by,
        reason=PauseReason.OUTSIDE,
        at=at,
    )
    return 1
