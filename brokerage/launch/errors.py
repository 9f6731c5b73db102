"""What can go wrong before Django runs."""


class LaunchError(Exception):
    """The start cannot go on; the message is one clear sentence that says what to do."""
