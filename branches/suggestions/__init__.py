"""Suggestions on the opening system: filed from the screen, answered by a clock, measured."""
