"""What happens to institutions and their clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class PartnerStatusChanged(Event):
    """An institution was suspended, taken back, or ended."""

    kind: ClassVar[str] = "partners.partner_status_changed"
    subject_type: ClassVar[str] = "partners.partner"
    status: str


@dataclass(frozen=True, kw_only=True)
class SecretIssued(Event):
    """A client got a new secret.

    Attributes:
        slot: which of its two.
        oauth_client: public id of the credential.
    """

    kind: ClassVar[str] = "partners.secret_issued"
    subject_type: ClassVar[str] = "partners.apiclient"
    slot: int
    oauth_client: str


@dataclass(frozen=True, kw_only=True)
class ClientResumed(Event):
    """A suspended client may call again."""

    kind: ClassVar[str] = "partners.client_resumed"
    subject_type: ClassVar[str] = "partners.apiclient"


@dataclass(frozen=True, kw_only=True)
class ScopesChanged(Event):
    """A client may ask for other scopes; the contract decides which of them count."""

    kind: ClassVar[str] = "partners.scopes_changed"
    subject_type: ClassVar[str] = "partners.apiclient"
    scopes: list[str]


@dataclass(frozen=True, kw_only=True)
class ClientSuspended(Event):
    """A client may not call any more."""

    kind: ClassVar[str] = "partners.client_suspended"
    subject_type: ClassVar[str] = "partners.apiclient"


@dataclass(frozen=True, kw_only=True)
class NetworksChanged(Event):
    """A client may call from other addresses."""

    kind: ClassVar[str] = "partners.networks_changed"
    subject_type: ClassVar[str] = "partners.apiclient"
    networks: list[str]


@dataclass(frozen=True, kw_only=True)
class EntryLinkMade(Event):
    """A partner made a link for its customers."""

    kind: ClassVar[str] = "partners.entry_link_made"
    subject_type: ClassVar[str] = "partners.entrylink"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class PartnerEnlisted(Event):
    """An institution was entered."""

    kind: ClassVar[str] = "partners.partner_enlisted"
    subject_type: ClassVar[str] = "partners.partner"
    of_kind: str


@dataclass(frozen=True, kw_only=True)
class PartnerHandedOver(Event):
    """Another of our people looks after an institution."""

    kind: ClassVar[str] = "partners.partner_handed_over"
    subject_type: ClassVar[str] = "partners.partner"
    manager: UUID


@dataclass(frozen=True, kw_only=True)
class LicenceEntered(Event):
    """Evidence of an institution's licence was entered."""

    kind: ClassVar[str] = "partners.licence_entered"
    subject_type: ClassVar[str] = "partners.partner"
    until: date | None


@dataclass(frozen=True, kw_only=True)
class LicenceApproved(Event):
    """A second person looked at an institution's licence too: it counts."""

    kind: ClassVar[str] = "partners.licence_approved"
    subject_type: ClassVar[str] = "partners.partner"
    licence: UUID
    until: date | None


@dataclass(frozen=True, kw_only=True)
class ContractProposed(Event):
    """Somebody proposed a contract."""

    kind: ClassVar[str] = "partners.contract_proposed"
    subject_type: ClassVar[str] = "partners.contract"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class ContractApproved(Event):
    """A second person approved a contract."""

    kind: ClassVar[str] = "partners.contract_approved"
    subject_type: ClassVar[str] = "partners.partner"
    contract: UUID
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class ContractEndedEarly(Event):
    """A contract ends before its time."""

    kind: ClassVar[str] = "partners.contract_ended_early"
    subject_type: ClassVar[str] = "partners.partner"
    contract: UUID
    valid_to: date


@dataclass(frozen=True, kw_only=True)
class LicenceEndedEarly(Event):
    """A licence ends before its time, or its end was put right."""

    kind: ClassVar[str] = "partners.licence_ended_early"
    subject_type: ClassVar[str] = "partners.partner"
    licence: UUID
    valid_to: date


@dataclass(frozen=True, kw_only=True)
class CampaignMade(Event):
    """A campaign began."""

    kind: ClassVar[str] = "partners.campaign_made"
    subject_type: ClassVar[str] = "partners.campaign"
    partner: UUID
    unit: UUID


@dataclass(frozen=True, kw_only=True)
class CampaignEnded(Event):
    """A campaign ended before its time."""

    kind: ClassVar[str] = "partners.campaign_ended"
    subject_type: ClassVar[str] = "partners.campaign"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class LeadReceived(Event):
    """An institution recommended somebody.

    Attributes:
        first_touch: whether no other institution had a protected lead of this person.
    """

    kind: ClassVar[str] = "partners.lead_received"
    subject_type: ClassVar[str] = "partners.lead"
    partner: UUID
    first_touch: bool


@dataclass(frozen=True, kw_only=True)
class LeadMoved(Event):
    """A lead has another status."""

    kind: ClassVar[str] = "partners.lead_moved"
    subject_type: ClassVar[str] = "partners.lead"
    status: str


@dataclass(frozen=True, kw_only=True)
class WebhookAdded(Event):
    """An institution keeps one more endpoint."""

    kind: ClassVar[str] = "partners.webhook_added"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookChanged(Event):
    """An endpoint has another address or hears of other kinds.

    Attributes:
        changed: names of the columns.
    """

    kind: ClassVar[str] = "partners.webhook_changed"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID
    changed: list[str]


@dataclass(frozen=True, kw_only=True)
class WebhookSecretChanged(Event):
    """An endpoint has a new secret."""

    kind: ClassVar[str] = "partners.webhook_secret_changed"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookMoved(Event):
    """An endpoint was enabled, disabled or removed."""

    kind: ClassVar[str] = "partners.webhook_moved"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class WebhookPinged(Event):
    """A test was put on its way to an endpoint."""

    kind: ClassVar[str] = "partners.webhook_pinged"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookReplayed(Event):
    """Events were put on their way again.

    Attributes:
        after: number of the last event that was not.
    """

    kind: ClassVar[str] = "partners.webhook_replayed"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID
    after: int


@dataclass(frozen=True, kw_only=True)
class StatementMade(Event):
    """The statement of a month was reckoned, the first time or anew."""

    kind: ClassVar[str] = "partners.statement_made"
    subject_type: ClassVar[str] = "partners.statement"
    partner: UUID
    month: date
    lines: int


@dataclass(frozen=True, kw_only=True)
class StatementMoved(Event):
    """A statement was checked, sent back or released."""

    kind: ClassVar[str] = "partners.statement_moved"
    subject_type: ClassVar[str] = "partners.statement"
    partner: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class CorrectionEntered(Event):
    """Something on a released statement is put right on a later one."""

    kind: ClassVar[str] = "partners.correction_entered"
    subject_type: ClassVar[str] = "partners.statement"
    partner: UUID
    correction: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeRaised(Event):
    """An institution does not agree with a statement."""

    kind: ClassVar[str] = "partners.dispute_raised"
    subject_type: ClassVar[str] = "partners.dispute"
    partner: UUID
    statement: UUID


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(Event):
    """A dispute was accepted or refused."""

    kind: ClassVar[str] = "partners.dispute_answered"
    subject_type: ClassVar[str] = "partners.dispute"
    partner: UUID
    status: str


@dataclass(frozen=True, kw_only=True)
class RemarkMade(Event):
    """An institution suggested something or complained."""

    kind: ClassVar[str] = "partners.remark_made"
    subject_type: ClassVar[str] = "partners.remark"
    partner: UUID
    of_kind: str


@dataclass(frozen=True, kw_only=True)
class RemarkAnswered(Event):
    """A remark got its answer."""

    kind: ClassVar[str] = "partners.remark_answered"
    subject_type: ClassVar[str] = "partners.remark"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class MaterialProposed(Event):
    """A version of a material waits for a second person."""

    kind: ClassVar[str] = "partners.material_proposed"
    subject_type: ClassVar[str] = "partners.material"
    partner: UUID
    version: int


@dataclass(frozen=True, kw_only=True)
class MaterialApproved(Event):
    """A second person approved a version of a material."""

    kind: ClassVar[str] = "partners.material_approved"
    subject_type: ClassVar[str] = "partners.partner"
    material: UUID
    version: int


@dataclass(frozen=True, kw_only=True)
class MaterialWithdrawn(Event):
    """Nobody may show a material any more."""

    kind: ClassVar[str] = "partners.material_withdrawn"
    subject_type: ClassVar[str] = "partners.material"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class PersonTexted(Event):
    """The person for whom a time was booked got an SMS about it; `result` is "sent" or why not."""

    kind: ClassVar[str] = "partners.person_texted"
    subject_type: ClassVar[str] = "partners.appointment"
    text: str
    result: str


@dataclass(frozen=True, kw_only=True)
class AppointmentMade(Event):
    """An institution booked a time for one of its leads."""

    kind: ClassVar[str] = "partners.appointment_made"
    subject_type: ClassVar[str] = "partners.appointment"
    partner: UUID
    visit: UUID
    lead: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentMoved(Event):
    """An institution asked for another time."""

    kind: ClassVar[str] = "partners.appointment_moved"
    subject_type: ClassVar[str] = "partners.appointment"
    visit: UUID


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(Event):
    """An institution took an appointment back."""

    kind: ClassVar[str] = "partners.appointment_cancelled"
    subject_type: ClassVar[str] = "partners.appointment"
    visit: UUID


@dataclass(frozen=True, kw_only=True)
class QuotaProposed(Event):
    """Somebody proposed how often a program may call."""

    kind: ClassVar[str] = "partners.quota_proposed"
    subject_type: ClassVar[str] = "partners.clientquota"
    api_client: UUID
    per_minute: int


@dataclass(frozen=True, kw_only=True)
class ClientThrottled(Event):
    """A program has a brake on, or none any more.

    Attributes:
        per_minute: calls a minute; None where the brake was taken off.
    """

    kind: ClassVar[str] = "partners.client_throttled"
    subject_type: ClassVar[str] = "partners.apiclient"
    per_minute: int | None


@dataclass(frozen=True, kw_only=True)
class WebhookSecretShown(Event):
    """An operator looked at the secret that signs what goes to an endpoint."""

    kind: ClassVar[str] = "partners.webhook_secret_shown"
    subject_type: ClassVar[str] = "partners.webhookendpoint"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class ScenarioPlayed(Event):
    """A step of a scenario was played, in a sandbox only."""

    kind: ClassVar[str] = "partners.scenario_played"
    subject_type: ClassVar[str] = "partners.scenariorun"
    partner: UUID
    step: str
