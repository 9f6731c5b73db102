"""Load the purposes of visits that the release ships."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from branches.models import Service
from branches.visits.models import Purpose
from brokerage.reference.loading import BadFile, CellError, Counts, merge, take_turns
from brokerage.reference.origin import Origin

FILE = Path(__file__).parent.parent / "reference" / "purposes.yaml"
SOURCE = "list of the firm"


@transaction.atomic
def load_purposes(at: datetime, sandbox: bool) -> Counts:
    """Load purposes.yaml in its order; a purpose that the firm changed stays as it is.

    Raises:
        BadFile: when a purpose names a service that there is not.
    """
    take_turns()
    services = dict(Service.objects.values_list("code", "pk"))
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    unknown = [
        CellError(number, "service", f"{row['service']!r} is no service")
        for number, row in enumerate(rows, start=1)
        if row["service"] not in services
    ]
    if unknown:
        raise BadFile(unknown)
    values = [_values(row, position, services) for position, row in enumerate(rows, start=1)]
    return merge(Purpose, values, keys=("code",), origin=Origin.RELEASE)


def _values(row: dict[str, Any], position: int, services: dict[str, int]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "service"}
    return {**rest, "service_id": services[row["service"]], "position": position, "source": SOURCE}
