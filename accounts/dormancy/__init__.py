"""Accounts that nobody uses: told before, limited by grades, woken by their customer."""
