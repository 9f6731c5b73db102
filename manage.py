#!/usr/bin/env python
"""Django's command line; starts the embedded database first where no DATABASE_URL is set."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings.dev")
    from brokerage.launch.prepare import LaunchError, prepare

    try:
        prepare(command=sys.argv[1] if len(sys.argv) > 1 else "help")
    except LaunchError as error:
        sys.exit(str(error))

    from django.core.management import execute_from_command_line

    from brokerage.core.keyring import BadKeyFile
    from brokerage.settings.env import BadEnvironment

    try:
        execute_from_command_line(sys.argv)
    except (BadEnvironment, BadKeyFile) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
