"""Pages of account opening."""
