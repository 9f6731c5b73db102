"""What the evidence puts into the registries of the foundation when the app starts."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.evidence import dated, events
from accounts.evidence.own_papers import signed_agreements
from accounts.evidence.states import (
    MENDED_BY_THE_CUSTOMER,
    CardSide,
    CheckKind,
    CheckResult,
)
from accounts.gateways.checks import check_counterparties
from accounts.models.pins import PinKind
from brokerage.core import clock, data_export
from brokerage.core.after_migrate import has_table
from brokerage.core.data_export import Person
from brokerage.customers.own_papers import papers
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind


def register() -> None:
    """Called once when the app is ready."""
    dated.register()
    checks.register(check_counterparties)
    _label_events()
    # Texts shipped with the code are there whenever the schema is, also in tests.
    post_migrate.connect(_load_texts, dispatch_uid="accounts.agreements")
    data_export.register(
        "outside_checks",
        title=_("What we asked others about you"),
        collect=_checks,
        order=55,
        covers=("accounts.OutsideCheck",),
    )
    data_export.register(
        "agreements",
        title=_("Agreements that you signed"),
        collect=_packs,
        order=56,
        covers=("accounts.Pack", "accounts.PackDocument", "accounts.PaperSigning"),
    )
    data_export.register(
        "readings",
        title=_("What we read on your document"),
        collect=_readings,
        order=54,
        covers=("accounts.Reading",),
    )
    data_export.register(
        "recordings",
        title=_("Your video"),
        collect=_recordings,
        order=57,
        covers=("accounts.Witnessing", "accounts.Chapter"),
    )
    papers.register("accounts.agreements", signed_agreements)
    data_export.exempt("accounts.Pin", "a keyed hash that nobody can read, also not its owner")


def _label_events() -> None:
    kinds = {"of_kind": CheckKind}
    register_kind(
        events.CheckRequested,
        _("A question to a counterparty was written down: {of_kind}"),
        words=kinds,
    )
    register_kind(
        events.CheckAnswered,
        _("A counterparty answered: {of_kind}, {result}"),
        words={**kinds, "result": CheckResult},
    )
    register_kind(
        events.CheckCarriedOver,
        _("An earlier answer of a counterparty counts again: {of_kind}, {result}"),
        words={**kinds, "result": CheckResult},
    )
    register_kind(
        events.CheckUnanswered, _("A counterparty did not answer: {of_kind}"), words=kinds
    )
    register_kind(
        events.LateAnswerIgnored,
        _("A late answer changed nothing: {of_kind}, {result}"),
        words={**kinds, "result": CheckResult},
    )
    register_kind(
        events.PinsSet,
        _("You set your trading and fund passwords"),
        icon="lock",
        public=True,
        staff=_("The customer set trading and fund passwords"),
    )
    register_kind(
        events.PinsPaused,
        _("A password was wrong too often: {of_kind}"),
        words={"of_kind": PinKind},
        public=True,
    )
    register_kind(
        events.PinReplaced,
        _("You set a new password: {of_kind}"),
        words={"of_kind": PinKind},
        icon="lock",
        public=True,
        staff=_("The customer set a new password: {of_kind}"),
    )
    register_kind(
        events.DocumentsSent, _("The hashes of the document's pictures were written down")
    )
    register_kind(events.DocumentRead, _("A photo was read: {side}"), words={"side": CardSide})
    register_kind(events.ChapterKept, _("A chapter of the video was recorded"), icon="camera")
    register_kind(events.ChapterReopened, _("A chapter of the video has to be recorded again"))
    register_kind(
        events.WitnessingCompleted,
        _("You finished your video"),
        icon="camera",
        public=True,
        staff=_("The customer finished the video"),
    )
    register_kind(events.RecordingWatched, _("The video was watched by a reviewer"), icon="eye")
    register_kind(
        events.DeclarationsRead, _("The declarations were read by a reviewer"), icon="eye"
    )
    register_kind(
        events.NumberShown,
        _("The telephone number was shown for the follow-up call"),
        icon="phone",
    )
    register_kind(
        events.EvidenceExported, _("The evidence was exported for an inspection"), icon="file"
    )
    register_kind(
        events.PackPresented,
        _("The agreements were shown"),
        icon="doc",
    )
    register_kind(
        events.PackSigned,
        _("You signed the agreements"),
        icon="check",
        public=True,
        staff=_("The customer signed the agreements"),
    )
    register_kind(
        events.PackSealed,
        _("Your signed agreements are ready"),
        icon="doc",
        public=True,
        staff=_("The signed file was made"),
    )
    subscribe(
        events.CheckAnswered,
        "accounts.evidence.handlers.seal",
        name="accounts.seal_when_known",
        field="of_kind",
        values=[CheckKind.IDENTITY],
    )
    subscribe(
        events.PinReplaced,
        "accounts.evidence.handlers.tell_pin",
        name="accounts.tell_pin_replaced",
    )
    subscribe(
        events.PinReplaced,
        "accounts.evidence.handlers.tell_counter_of_pin",
        name="accounts.tell_counter_of_pin",
    )
    subscribe(
        events.CheckAnswered,
        "accounts.evidence.handlers.give_back",
        name="accounts.give_back",
        field="of_kind",
        values=MENDED_BY_THE_CUSTOMER,
    )


def _load_texts(**kwargs: Any) -> None:
    from accounts.signing.texts import FOLDER, load_agreements

    if kwargs["sender"].name == "accounts" and has_table(kwargs, "accounts", "agreementtext"):
        load_agreements(at=clock.now())
        load_agreements(at=clock.now(), path=FOLDER.parent / "permissions" / "disclosures.yaml")
        load_agreements(at=clock.now(), path=FOLDER / "markets.yaml")


def _packs(person: Person) -> list[dict[str, Any]]:
    from accounts.models import Pack

    rows = Pack.objects.filter(application__customer__ref=person.customer)
    return [
        {
            "application": str(row.application.ref),
            "status": row.get_status_display(),
            "language": row.language,
            "texts": [
                f"{document.text.title} ({document.text.version})"
                for document in row.documents.select_related("text")
            ],
            "shown_at": row.presented_at.isoformat(),
            "signed_at": row.signed_at.isoformat() if row.signed_at else None,
            "certificate": row.certificate_serial,
            "file": row.file_sha256,
            "signed_by_hand": [
                f"{paper.outlet.name}, {paper.get_status_display()}" for paper in row.papers.all()
            ],
        }
        for row in rows.select_related("application")
        .prefetch_related("papers__outlet")
        .order_by("pk")
    ]


def _readings(person: Person) -> list[dict[str, Any]]:
    from accounts.models import Reading

    rows = Reading.objects.filter(application__customer__ref=person.customer)
    return [
        {
            "application": str(row.application.ref),
            "kind": row.get_side_display(),
            "status": row.get_status_display(),
            "texts": [field["value"] for field in row.found.values()],
            "at": row.created_at.isoformat(),
        }
        for row in rows.select_related("application").order_by("pk")
    ]


def _recordings(person: Person) -> list[dict[str, Any]]:
    from accounts.models import Chapter

    rows = Chapter.objects.filter(witnessing__application__customer__ref=person.customer)
    return [
        {
            "application": str(row.witnessing.application.ref),
            "texts": [row.shown],
            "status": row.get_status_display(),
            "shown_at": row.shown_at.isoformat(),
            "file": row.file_sha256,
        }
        for row in rows.select_related("witnessing__application").order_by("pk")
    ]


def _checks(person: Person) -> list[dict[str, Any]]:
    from accounts.models import OutsideCheck

    rows = OutsideCheck.objects.filter(application__customer__ref=person.customer)
    return [
        {
            "application": str(row.application.ref),
            "kind": row.get_kind_display(),
            "asked_with": [str(value) for value in row.asks.values()],
            "asked_at": row.created_at.isoformat(),
            "result": row.get_result_display() if row.result else "",
            "answered_at": row.ended_at.isoformat() if row.ended_at else None,
        }
        for row in rows.select_related("application").order_by("pk")
    ]
