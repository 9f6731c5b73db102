"""Pure functions: what a contract has earned, and when and how a webhook is sent."""
