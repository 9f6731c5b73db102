"""Lists that the import desk takes."""
