"""The writes of this app, one module for each act."""

from accounts.use_cases.decide_application import (
    UnableToDecide,
    approve_application,
    refuse_proposal,
    reject_application,
)
from accounts.use_cases.end_application import (
    UnableToEnd,
    expire_application,
    withdraw_application,
)
from accounts.use_cases.follow_up import UnableToFollowUp, answer_follow_up, record_call
from accounts.use_cases.note_visit import note_visit
from accounts.use_cases.open_accounts import begin_opening, take_link, take_opened
from accounts.use_cases.review import (
    UnableToReview,
    claim_review,
    propose_verdict,
    release_claim,
    return_application,
)
from accounts.use_cases.save_section import Answer, ChangedElsewhere, StepRefused, save_section
from accounts.use_cases.save_step import remove_origin, save_consents, save_sharing
from accounts.use_cases.start_application import start_application
from accounts.use_cases.submit_application import UnableToSubmit, submit_application

__all__ = [
    "Answer",
    "ChangedElsewhere",
    "StepRefused",
    "UnableToDecide",
    "UnableToEnd",
    "UnableToReview",
    "UnableToSubmit",
    "UnableToFollowUp",
    "answer_follow_up",
    "approve_application",
    "begin_opening",
    "claim_review",
    "release_claim",
    "expire_application",
    "propose_verdict",
    "record_call",
    "refuse_proposal",
    "reject_application",
    "note_visit",
    "remove_origin",
    "return_application",
    "save_consents",
    "save_section",
    "save_sharing",
    "start_application",
    "submit_application",
    "take_link",
    "take_opened",
    "withdraw_application",
]
