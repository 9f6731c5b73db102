"""Stops the embedded database of VAR_DIR (`make stop`)."""

from __future__ import annotations

import sys

from brokerage.launch.errors import LaunchError
from brokerage.launch.postgres import Cluster
from brokerage.settings import env

if __name__ == "__main__":
    try:
        cluster = Cluster(env.var_dir() / "pg")
        if cluster.root.exists() and cluster.is_up():
            cluster.stop()
            sys.stdout.write("The embedded database was stopped.\n")
        else:
            sys.stdout.write("No embedded database is running.\n")
    except LaunchError as error:
        sys.exit(str(error))
