"""Where an approved application stands: accounts, questions outside, the signed file, and exits."""
