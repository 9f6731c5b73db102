"""Where an approved application stands: accounts, questions, the signed file, and exits."""
