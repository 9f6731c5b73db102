"""Taking a file of the trading counter: its format, staging, checks and merging, as sets."""
