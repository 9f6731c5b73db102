"""The writes of this app, one module each."""
