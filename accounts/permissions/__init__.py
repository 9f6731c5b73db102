"""Trading permissions: from the distance to the right to trade, and what takes it away again."""
