"""What other apps use: `from brokerage.files import api as files`."""

from brokerage.files.frames import FileDamaged
from brokerage.files.models import StoredFile
from brokerage.files.purposes import IMAGES, MEGABYTE, PDF, VIDEOS, Limit, Purpose
from brokerage.files.reading import open_stream
from brokerage.files.refusals import MESSAGES, QuotaExceeded, UnableToStore
from brokerage.files.registration import register
from brokerage.files.serving import serve
from brokerage.files.use_cases.dispose_file import dispose
from brokerage.files.use_cases.store_file import store

__all__ = [
    "IMAGES",
    "MEGABYTE",
    "MESSAGES",
    "PDF",
    "VIDEOS",
    "FileDamaged",
    "Limit",
    "Purpose",
    "QuotaExceeded",
    "StoredFile",
    "UnableToStore",
    "dispose",
    "open_stream",
    "register",
    "serve",
    "store",
]
