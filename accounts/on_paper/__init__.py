"""Agreements signed by hand at a counter, by whoever has a name that no font of ours shows."""
