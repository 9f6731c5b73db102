"""The writes of this app, one module for each act."""

from accounts.use_cases.decide_application import (
    UnableToDecide,
    approve_application,
    pass_by_rule,
    refuse_proposal,
    reject_application,
)
from accounts.use_cases.end_application import (
    UnableToEnd,
    expire_application,
    withdraw_application,
)
from accounts.use_cases.follow_up import UnableToFollowUp, answer_follow_up, record_call
from accounts.use_cases.link_bank import take_link
from accounts.use_cases.note_visit import note_visit
from accounts.use_cases.open_accounts import begin_opening, take_opened
from accounts.use_cases.pause_review import pause_review, resume_review
from accounts.use_cases.review import (
    UnableToReview,
    claim_review,
    give_back,
    propose_verdict,
    release_claim,
    return_application,
    take_next,
)
from accounts.use_cases.route_review import route_review
from accounts.use_cases.save_section import Answer, ChangedElsewhere, StepRefused, save_section
from accounts.use_cases.save_step import remove_origin, save_consents, save_sharing
from accounts.use_cases.second_look import (
    UnableToLook,
    answer_second_look,
    draw_second_look,
)
from accounts.use_cases.start_application import start_application
from accounts.use_cases.submit_application import UnableToSubmit, submit_application

__all__ = [
    "Answer",
    "ChangedElsewhere",
    "StepRefused",
    "UnableToDecide",
    "UnableToEnd",
    "UnableToLook",
    "UnableToReview",
    "UnableToSubmit",
    "UnableToFollowUp",
    "answer_follow_up",
    "answer_second_look",
    "approve_application",
    "begin_opening",
    "claim_review",
    "draw_second_look",
    "release_claim",
    "expire_application",
    "give_back",
    "pass_by_rule",
    "pause_review",
    "propose_verdict",
    "record_call",
    "refuse_proposal",
    "reject_application",
    "note_visit",
    "remove_origin",
    "resume_review",
    "return_application",
    "route_review",
    "save_consents",
    "save_section",
    "save_sharing",
    "start_application",
    "submit_application",
    "take_link",
    "take_next",
    "take_opened",
    "withdraw_application",
]
