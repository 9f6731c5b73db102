"""The life of an active account: its document runs out and is renewed, and it is closed."""
