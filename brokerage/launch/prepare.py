"""What every command needs before Django is imported: a key file and a running database."""

from __future__ import annotations

import os

from brokerage.launch.errors import LaunchError
from brokerage.settings import env

# Commands that never touch the database, so they need not start it.
WITHOUT_DATABASE = {"help", "--help", "version", "messages", "check", "collectstatic"}

__all__ = ["LaunchError", "prepare"]


def prepare(*, command: str) -> bool:
    """Make the key file of a development deployment and start the embedded database.

    Args:
        command: the management command that follows.

    Returns:
        True if this call started the database.

    Raises:
        LaunchError: with one sentence that says what to do.
    """
    try:
        env.check_known(os.environ)
        settings = os.environ.get("DJANGO_SETTINGS_MODULE", "")
        if settings.endswith(".dev"):
            from brokerage.core.keyring import make_key_file

            make_key_file(env.key_file())
        if env.text("DATABASE_URL") or command in WITHOUT_DATABASE:
            return False
        from brokerage.launch.postgres import Cluster

        cluster = Cluster(env.var_dir() / "pg")
        started = cluster.ensure()
        cluster.create_database("brokerage")
    except env.BadEnvironment as error:
        raise LaunchError(str(error)) from error
    except OSError as error:
        raise LaunchError(f"{env.var_dir()} cannot be used: {error.strerror}.") from error
    return started
