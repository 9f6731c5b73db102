"""Visits: appointments, wait-list, the queue of the day and the lobby's screen."""
