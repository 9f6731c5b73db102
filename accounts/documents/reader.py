"""Reading the lines of a picture with a model inside its package; nothing leaves the machine.

The worker loads it once, at its first card, and about 460 MB of memory stay taken from then on
(docs/opening-evidence.md). Web processes never import it.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from PIL import Image

from accounts.documents.parsing import Line

_ONE_AT_A_TIME = threading.Lock()

LOOKED_FOR = 800
"""Pixels of the longer side at which lines are looked for; they are read in full size."""
SETTINGS = {
    "Global.log_level": "error",
    "Det.limit_type": "max",
    "Det.limit_side_len": LOOKED_FOR,
    "Rec.rec_batch_num": 1,  # lines that are read together are all as long as the longest
    # A second thread would be awake while it waits for the first, and cost more than it saves.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
}


def read_lines(image: Image.Image) -> list[Line]:
    """The lines of `image`, from top to bottom; about half a second on the reference machine."""
    import numpy as np

    with _ONE_AT_A_TIME:  # jobs run in threads; the other core is for those who wait for a page
        found = _reader()(np.asarray(image.convert("RGB"))[:, :, ::-1])
    if found is None or found.txts is None:
        return []
    pairs = zip(found.txts, found.scores, strict=True)
    return [Line(str(text), round(float(score) * 1000)) for text, score in pairs]


@cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=SETTINGS)
