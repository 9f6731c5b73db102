"""The finder: outlets on a map and in a list, and the page of each."""
