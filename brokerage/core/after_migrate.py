"""What runs after `migrate` and must stand a database of which only one app is migrated."""

from __future__ import annotations

from typing import Any


def has_table(signal: dict[str, Any], app_label: str, model: str) -> bool:
    """Whether the model was among what `migrate` knew; True after a flush, which says nothing.

    Args:
        signal: keyword arguments of Django's post_migrate.
        app_label: label of the model's app.
        model: its name in lower case.
    """
    state = signal.get("apps")
    return state is None or model in state.all_models[app_label]
