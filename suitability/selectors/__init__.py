"""Questions about assessments, investors, items and permissions; they write nothing."""

from suitability.selectors.assessments import Papers, counting_assessment, counting_rows
from suitability.selectors.investor import investor_of, investors_of
from suitability.selectors.items import exposures_of, shelf_on
from suitability.selectors.rules import grading_rules_on, matching_rules_of, matching_rules_on

__all__ = [
    "Papers",
    "counting_assessment",
    "counting_rows",
    "exposures_of",
    "grading_rules_on",
    "investor_of",
    "investors_of",
    "matching_rules_of",
    "matching_rules_on",
    "shelf_on",
]
