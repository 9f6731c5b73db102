"""The steps of an import; each is one transaction or, for many rows, one per some hundred."""
