"""Rules of the finder: places and distances, words and matches. Pure."""
