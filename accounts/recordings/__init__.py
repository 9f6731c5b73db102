"""Video in chapters: script, upload, redoing a single chapter."""
