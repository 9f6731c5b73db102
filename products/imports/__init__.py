"""Product lists and daily values on the import desk."""
