"""Papers shipped as YAML become dated versions, signed off as every shipped rule is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from brokerage.reference.loading import Counts
from brokerage.reference.use_cases.load_rules import load_rules
from suitability.models import Questionnaire

FOLDER = Path(__file__).resolve().parent.parent / "reference" / "papers"


def load_questionnaires(*, at: datetime, sandbox: bool, folder: Path = FOLDER) -> Counts:
    """Load every paper of `folder`; loading again changes nothing.

    Args:
        at: the instant.
        sandbox: whether papers that compliance has not signed are approved for demonstration.
        folder: YAML files in the form of `load_rules`.

    Raises:
        BadFile: when a file is malformed, or an approved version would change.
    """
    total = Counts()
    for path in sorted(folder.glob("*.yaml")):
        done = load_rules(path, at=at, sandbox=sandbox, model=Questionnaire)
        for name, number in vars(done).items():
            setattr(total, name, getattr(total, name) + number)
    return total


def load_for_release(at: datetime, sandbox: bool) -> Counts:
    """The same in the form that `load_reference` calls."""
    return load_questionnaires(at=at, sandbox=sandbox)
