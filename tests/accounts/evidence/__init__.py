"""Tests of what proves an opening."""
