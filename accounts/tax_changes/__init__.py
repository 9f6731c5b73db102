"""A tax declaration that changed after the opening: filled in, signed, agreed to if need be."""
