"""Grades of risk and kinds of professional investors: the words that other rules share."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Grade(StrEnum):
    """R1 low to R5 high."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"

    @property
    def height(self) -> int:
        return int(self.value[1])


class ProfessionalKind(IntEnum):
    """The five kinds of Order 130, and those who were converted on application."""

    LICENSED = 1
    PRODUCT = 2
    STATUS = 3
    ORGANISATION = 4
    PERSON = 5
    CONVERTED = 6
