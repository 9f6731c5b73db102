"""A market that an active account did not have: asked for, signed, opened by the depository."""
