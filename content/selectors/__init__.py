"""Who may read what, and in which order."""
