"""Lists of outlets, hours and staff for the import desk."""
