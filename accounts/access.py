"""Who sees and does what here, and what the rest of the system shows of applications."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import blockers, entries, events, home, overview
from accounts.aml import access as aml_access
from accounts.banking import access as banking_access
from accounts.counter import access as counter_access
from accounts.credit import access as credit_access
from accounts.dormancy import access as dormancy_access
from accounts.evidence.events import CheckAnswered, CheckUnanswered, PackSealed
from accounts.evidence.states import BEFORE_THE_REVIEW, OF_THE_OPENING
from accounts.funds import access as funds_access
from accounts.later_markets import access as later_markets_access
from accounts.life import access as life_access
from accounts.on_paper import access as on_paper_access
from accounts.plan import access as plan_access
from accounts.retention import POLICIES
from accounts.review import access as review_access
from accounts.review.states import PauseReason, RiskClass, Route
from accounts.selectors import SHARING_PURPOSE
from accounts.standing import home as standing_home
from accounts.standing.home import ASKS
from accounts.states import WITH_US, Status, Step, Verdict
from accounts.tax_changes import access as tax_changes_access
from branches import entry_codes
from branches.access import known_units
from branches.finder.ways import ways
from branches.states import CodePurpose
from branches.visits.events import VisitDone
from brokerage.backoffice import navigation
from brokerage.backoffice.admin.masks import masks
from brokerage.backoffice.overview import Part, parts
from brokerage.backoffice.tasks import register_source
from brokerage.core import clock, home_cards, lookup_rotation, masking, retention, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.events import ConsentWithdrawn
from brokerage.customers.models.customers import name_hash
from brokerage.customers.own import own_rows
from brokerage.customers.purposes import PURPOSES, Purpose
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from brokerage.reference import switches

BY_OUTLET = (
    Role.BRANCH_MANAGER,
    Role.OPENING_OFFICER,
    Role.REVIEWER,
    Role.OPERATIONS,
    Role.HEAD_OFFICE,
)

SHARES_IN_SURGE = (Role.OPENING_OFFICER, Role.REVIEWER)
SURGE = "opening.surge"
SHARING = Purpose(
    title=_("Telling the institution that sent you how your application stands"),
    effect=_("Without it the institution learns nothing more from us. Your application goes on."),
)


PART = Part(label=_("Accounts and permissions"), order=10, find=overview.facts)

MEDIANS = navigation.Item(
    section="business",
    label=_("Promised time of steps"),
    icon="chart",
    url_name="admin:accounts_application_medians",
    shown=lambda request: roles.may(request.user, "accounts.view_application"),
    order=40,
)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register("accounts.Application", Role.CUSTOMER, own_rows())
    for role in BY_OUTLET:
        scope.register("accounts.Application", role, sent_to_units_of(role))
        roles.allow(role, "accounts.view_application")
    for role in sorted(roles.READERS):
        scope.register("accounts.Application", role, sent)
        roles.allow(role, "accounts.view_application")
    scope.register("accounts.Application", Role.CALL_CENTRE, to_call)
    roles.allow(Role.CALL_CENTRE, "accounts.view_application", "accounts.call_follow_up")
    roles.allow(Role.HEAD_OFFICE, "accounts.lead_follow_up")
    roles.allow(Role.OPENING_OFFICER, "accounts.review_application")
    roles.allow(Role.OPERATIONS, ASKS)
    roles.allow(Role.REVIEWER, "accounts.review_application", "accounts.decide_application")
    PURPOSES.register(SHARING_PURPOSE, SHARING)
    masks.register("accounts.application.applicant_name", masking.name)
    lookup_rotation.register(
        lookup_rotation.HashColumn(
            model="accounts.Application",
            column="applicant_name_hash",
            compute=lambda row: name_hash(row.applicant_name),
            source="applicant_name",
        )
    )
    home_cards.sources.register("accounts.application", home.cards)
    home_cards.facts.register("accounts.status", home.status_now)
    parts.register("accounts", PART)
    blockers.register()
    entries.sources.register("accounts.own_codes", entries.OWN)
    ways.register("accounts.opening", entries.open_here)
    entry_codes.destinations.register(CodePurpose.OPEN_ACCOUNT, entries.opening_address)
    register_source("accounts.review", _("Account opening"), home.tasks, home.probe)
    register_source(
        "accounts.standing", _("Openings that are stuck"), standing_home.tasks, standing_home.probe
    )
    for policy in POLICIES:
        retention.register(policy)
    review_access.declare()
    aml_access.declare()
    counter_access.declare()
    life_access.declare()
    banking_access.declare()
    later_markets_access.declare()
    tax_changes_access.declare()
    funds_access.declare()
    on_paper_access.declare()
    plan_access.declare()
    dormancy_access.declare()
    credit_access.declare()
    navigation.items.register("accounts.medians", MEDIANS)
    _label_events()
    _subscribe()


def sent(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """What the customer sent; a draft is nobody else's business."""
    return rows.filter(submitted_at__isnull=False)


def to_call(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Applications whose last questions are open: central staff call these customers."""
    return rows.filter(status=Status.VISIT)


def sent_to_units_of(role: Role) -> scope.Policy:
    """What was sent to the units of one's role.

    While the surge switch is on, what waits for a review is everybody's who reviews.
    """

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        mine = Q(outlet__in=known_units(user, role))
        if role in SHARES_IN_SURGE and switches.is_on(SURGE, at=clock.now()):
            mine |= Q(status__in=WITH_US)
        return sent(rows, user).filter(mine)

    return policy


def _label_events() -> None:
    """For the customer in the second person; for staff, who read about somebody, in the third."""
    told = [
        (
            events.ApplicationStarted,
            _("You started your application"),
            _("The customer started the application"),
            "doc",
        ),
        (
            events.AnswersCarriedOver,
            _("You applied again with the answers of an earlier application"),
            _("The customer applied again with earlier answers"),
            "doc",
        ),
        (
            events.OriginRemoved,
            _("You removed who sent you"),
            _("The customer removed who sent them"),
            "x",
        ),
        (
            events.ApplicationSubmitted,
            _("You sent your application"),
            _("The customer sent the application"),
            "check",
        ),
        (
            events.ApplicationResubmitted,
            _("You sent your application again"),
            _("The customer sent the application again"),
            "check",
        ),
        (
            events.ReviewClaimed,
            _("An officer is reviewing your application"),
            _("Taken for review"),
            "person",
        ),
        (
            events.ApplicationReturned,
            _("We asked you to do a step again"),
            _("Returned to the customer"),
            "alert",
        ),
        (
            events.ApplicationApproved,
            _("Your application was approved"),
            _("Approved"),
            "check",
        ),
        (
            events.OpeningBegan,
            _("We asked for your accounts at the depository and your bank"),
            _("Accounts asked for"),
            "clock",
        ),
        (
            events.AccountsOpened,
            _("Your accounts were opened"),
            _("Accounts opened by the depository"),
            "check",
        ),
        (
            events.FollowUpAnswered,
            _("You answered the last questions"),
            _("Follow-up answered"),
            "list",
        ),
        (
            events.FollowUpEscalated,
            _("The date of your last questions has passed; the head of these calls takes over"),
            _("Follow-up overdue: escalated"),
            "alert",
        ),
        (
            events.FollowUpDated,
            _("Your last questions got a new date"),
            _("Follow-up: a new date was set"),
            "clock",
        ),
        (
            events.AccountActivated,
            _("Your account is active"),
            _("Account active"),
            "check",
        ),
        (
            events.ApplicationRejected,
            _("Your application was not accepted"),
            _("Not accepted"),
            "x",
        ),
        (
            events.ApplicationWithdrawn,
            _("You withdrew your application"),
            _("The customer withdrew the application"),
            "x",
        ),
        (
            events.ApplicationExpired,
            _("Your application expired"),
            _("Expired"),
            "x",
        ),
    ]
    for event, label, staff, icon in told:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(events.StepSaved, _("A step was saved: {step}"), words={"step": Step})
    register_kind(
        events.StepVisited,
        _("You came to an outlet for a step: {step}"),
        icon="pin",
        public=True,
        staff=_("The customer came to an outlet for a step: {step}"),
        words={"step": Step},
    )
    register_kind(
        events.ReviewReleased, _("Back to those who wait: nobody came to it"), icon="clock"
    )
    register_kind(
        events.ReviewRouted,
        _("The rule chose how it is reviewed: {risk}, {route}"),
        words={"risk": RiskClass, "route": Route},
    )
    register_kind(
        events.ReviewPaused,
        _("Our promise is on hold: {why}"),
        icon="clock",
        public=True,
        words={"why": PauseReason},
    )
    register_kind(events.ReviewResumed, _("Our promise goes on"), icon="clock", public=True)
    register_kind(
        events.ReviewReopened,
        _("We look at your application once more"),
        icon="clock",
        public=True,
        staff=_("The approval was taken back: nothing could be opened"),
    )
    register_kind(
        events.FollowUpTried,
        _("We called you and did not reach you"),
        icon="phone",
        public=True,
        staff=_("Follow-up call: nobody answered ({tries})"),
    )
    register_kind(
        events.SecondLookTaken, _("Somebody looked a second time without the outcome"), icon="eye"
    )
    register_kind(
        events.FaceRefused,
        _("You took your agreement to the use of your face back"),
        icon="x",
        public=True,
        staff=_("The customer does not agree to the use of the face any more"),
    )
    register_kind(
        events.VerdictProposed,
        _("A verdict was proposed: {verdict}"),
        words={"verdict": Verdict},
    )
    register_kind(
        events.ProposalRefused,
        _("The second person did not agree: {verdict}"),
        words={"verdict": Verdict},
    )


def _subscribe() -> None:
    for event, verb in (
        (events.ApplicationSubmitted, "submitted"),
        (events.ApplicationResubmitted, "resubmitted"),
        (events.ApplicationReturned, "returned"),
        (events.ApplicationApproved, "approved"),
        (events.AccountsOpened, "accounts_opened"),
        (events.FollowUpEscalated, "escalated"),
        (events.FollowUpDated, "dated"),
        (events.AccountActivated, "active"),
        (events.ApplicationRejected, "rejected"),
        (events.ApplicationExpired, "expired"),
    ):
        subscribe(event, "accounts.handlers.tell_customer", name=f"accounts.tell_{verb}")
    for asked, word in (
        (events.ApplicationSubmitted, "submitted"),
        (events.ApplicationResubmitted, "resubmitted"),
    ):
        subscribe(asked, "accounts.handlers.route", name=f"accounts.route_{word}")
    for answer, word in ((CheckAnswered, "answered"), (CheckUnanswered, "unanswered")):
        subscribe(
            answer,
            "accounts.handlers.route",
            name=f"accounts.route_{word}",
            field="of_kind",
            values=BEFORE_THE_REVIEW,
            latest=True,
        )
    for sent_event, word in (
        (events.ApplicationSubmitted, "submitted"),
        (events.ApplicationResubmitted, "resubmitted"),
    ):
        subscribe(sent_event, "accounts.handlers.screen", name=f"accounts.screen_{word}")
    for decided, word in (
        (events.ApplicationApproved, "approved"),
        (events.ApplicationRejected, "rejected"),
    ):
        subscribe(decided, "accounts.handlers.draw_look", name=f"accounts.look_{word}")
    subscribe(events.ApplicationApproved, "accounts.handlers.rate", name="accounts.rate_customer")
    subscribe(
        events.ApplicationApproved,
        "accounts.handlers.open_accounts",
        name="accounts.open_accounts",
    )
    subscribe(PackSealed, "accounts.handlers.open_accounts", name="accounts.open_when_sealed")
    subscribe(
        CheckAnswered,
        "accounts.handlers.take_accounts",
        name="accounts.take_accounts",
        field="of_kind",
        values=OF_THE_OPENING,
    )
    subscribe(ConsentWithdrawn, "accounts.handlers.stop_face", name="accounts.stop_face")
    subscribe(VisitDone, "accounts.handlers.take_visit", name="accounts.take_visit")
    subscribe(
        events.StepVisited, "accounts.handlers.tell_after_visit", name="accounts.tell_after_visit"
    )
