"""One write each on the way to a trading permission."""
