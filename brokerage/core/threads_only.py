"""Detours that Django takes on each request and that a process of threads alone does not need.

Language, time zone, prefix and connection of a request lie in `asgiref.Local`, which follows work
from coroutines to threads and back, behind a lock; a settings' name goes through a method that
looks for what a lazy object must not show. A journey of an opening takes them thousands of times.
A worker of the portal has no coroutines, against which its database would have to be guarded, and
its settings show everything.
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import LazySettings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.urls import base as urls
from django.utils import timezone
from django.utils.translation import trans_real

GUARDED = ("cursor", "create_cursor", "commit")


def begin() -> None:
    """Take the straight way in this process; call it before the first request."""
    places: list[tuple[Any, str]] = [
        (trans_real, "_active"),
        (timezone, "_active"),
        (urls, "_prefixes"),
        (urls, "_urlconfs"),
    ]
    for module, name in places:
        getattr(module, name)  # fails loudly where another release of Django has none
        setattr(module, name, threading.local())
    ours: Any = connections
    ours._connections = ours._connections._storage  # the `threading.local` behind it, as it is
    straight: Any = object.__getattribute__
    LazySettings.__getattribute__ = straight  # type: ignore[method-assign]
    for name in GUARDED:
        setattr(DatabaseWrapper, name, getattr(DatabaseWrapper, name).__wrapped__)
