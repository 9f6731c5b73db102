"""The partner API: every endpoint that an institution calls."""
