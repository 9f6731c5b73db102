"""Whether a photograph of a card can be read: size, blur, glare, darkness, cut edges.

The browser looks first, to spare an upload; this is the part that cannot be skipped. Limits were
set on drawn cards, sharp and spoilt (tests); real photographs are still to be tried.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from PIL import Image

SIDE = 1000  # pixels of the longer side at which everything below is measured
SMALLEST = 500  # pixels of the longer side of the photograph
SHARPEST_BLUR = 45.0  # variance of the second derivative; drawn cards have 300 and more
GLARE_SHARE = 0.02  # of the picture, in one burnt-out spot
GLARE_LEVEL = 252
GLARE_AROUND = 238  # a spot is glare only where its surroundings are darker than this
DARK_LEVEL = 55
BORDER = 4  # pixels


class Flaw(StrEnum):
    """What is wrong with a photograph; the page has a sentence for each."""

    SMALL = "small"
    BLUR = "blur"
    GLARE = "glare"
    DARK = "dark"
    EDGES = "edges"
    WRONG_SIDE = "wrong_side"
    NO_CARD = "no_card"


def flaws(image: Image.Image) -> list[Flaw]:
    """What keeps `image` (upright, in colour) from being read well; about 40 ms."""
    import cv2  # heavy, and needed by the worker alone
    import numpy as np

    longer = max(image.size)
    if longer < SMALLEST:
        return [Flaw.SMALL]
    scale = SIDE / longer
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    grey = np.asarray(image.convert("L").resize(size, Image.Resampling.BILINEAR))
    found = []
    if float(np.median(grey)) < DARK_LEVEL:
        found.append(Flaw.DARK)
    if float(cv2.Laplacian(grey, cv2.CV_64F).var()) < SHARPEST_BLUR:
        found.append(Flaw.BLUR)
    if _has_glare(grey, cv2):
        found.append(Flaw.GLARE)
    if _is_cut(grey, cv2):
        found.append(Flaw.EDGES)
    return found


def _has_glare(grey: Any, cv2: Any) -> bool:
    """A large burnt-out spot whose edge is soft: paper is evenly bright, a reflection is not."""
    import numpy as np

    burnt = (grey >= GLARE_LEVEL).astype(np.uint8)
    count, _labels, stats, _centres = cv2.connectedComponentsWithStats(burnt)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < GLARE_SHARE * grey.size:
            continue
        if float(np.median(grey)) < GLARE_AROUND:
            return True
    return False


def _is_cut(grey: Any, cv2: Any) -> bool:
    """Writing that runs into the border: part of the card lies outside the picture."""
    import numpy as np

    strong = np.abs(cv2.Sobel(grey, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    marks = strong > 240
    edges = (marks[2:BORDER], marks[-BORDER:-2], marks[:, 2:BORDER].T, marks[:, -BORDER:-2].T)
    return any(float(edge.mean()) > 0.08 for edge in edges)
