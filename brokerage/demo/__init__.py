"""The demonstration brokerage: fictitious, deterministic, built through the use cases."""
