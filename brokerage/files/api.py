"""What other apps use: `from brokerage.files import api as files`."""

from brokerage.files.access import openable
from brokerage.files.bodies import RequestBody
from brokerage.files.frames import FileDamaged
from brokerage.files.models import StoredFile
from brokerage.files.purposes import IMAGES, MEGABYTE, PDF, VIDEOS, Limit, Purpose
from brokerage.files.reading import open_kept, open_stream
from brokerage.files.refusals import MESSAGES, QuotaExceeded, UnableToStore
from brokerage.files.registration import register
from brokerage.files.serving import serve
from brokerage.files.use_cases.dispose_file import dispose, dispose_of_owners
from brokerage.files.use_cases.send_in_parts import (
    PART_MOST,
    Progress,
    add_part,
    begin,
    finish,
    give_up,
    progress,
)
from brokerage.files.use_cases.store_file import store, storing

__all__ = [
    "IMAGES",
    "MEGABYTE",
    "MESSAGES",
    "PART_MOST",
    "PDF",
    "VIDEOS",
    "FileDamaged",
    "Limit",
    "Progress",
    "Purpose",
    "QuotaExceeded",
    "RequestBody",
    "StoredFile",
    "UnableToStore",
    "add_part",
    "begin",
    "dispose",
    "dispose_of_owners",
    "finish",
    "give_up",
    "open_kept",
    "open_stream",
    "openable",
    "progress",
    "register",
    "serve",
    "store",
    "storing",
]
