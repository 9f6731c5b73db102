"""Reading the lines of a picture with a model inside its package; nothing leaves the machine.

The worker loads it once, at its first card, and about 460 MB of memory stay taken from then on
(docs/opening-evidence.md). Web processes never import it.
"""

from __future__ import annotations

import logging
import threading
from functools import cache
from typing import Any

from PIL import Image

from accounts.documents.parsing import Line

_ONE_AT_A_TIME = threading.Lock()


def read_lines(image: Image.Image) -> list[Line]:
    """The lines of `image`, from top to bottom; 0.6 to 2.4 seconds on the reference machine."""
    import numpy as np

    with _ONE_AT_A_TIME:  # jobs run in threads, and two cards at once only take each other's core
        found = _reader()(np.asarray(image.convert("RGB"))[:, :, ::-1])
    if found is None or found.txts is None:
        return []
    pairs = zip(found.txts, found.scores, strict=True)
    return [Line(str(text), round(float(score) * 1000)) for text, score in pairs]


@cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()
