"""Identity documents: checks of an image, reading it, and merging what was read."""
