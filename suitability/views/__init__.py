"""Pages of the risk assessment."""
