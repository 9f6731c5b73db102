"""Tests of what follows an activation."""
