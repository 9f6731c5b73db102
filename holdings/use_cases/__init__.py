"""Writes of this app, one each."""
