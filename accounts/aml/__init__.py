"""Screening against lists, and ratings. For AML roles alone (docs/review-desk.md)."""
