"""Pages for the operators of institutions."""
