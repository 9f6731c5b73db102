"""Pure functions about webhooks."""
