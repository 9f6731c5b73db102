"""The counter and the planning of an outlet: pages of the back office."""
