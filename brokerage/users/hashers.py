"""The slow hash of staff passwords."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class TunedArgon2(Argon2PasswordHasher):
    """Argon2id at about 60 ms a password on the reference machine (two Xeon cores).

    Two passes over 32 MiB on one lane took 61 ms of CPU (median of 7), above OWASP's minimum of
    19 MiB in two passes; Django's default (100 MiB, 2 passes, 8 lanes) would take the memory of
    a web process for a handful of sign-ins at once. Measured by::

        python -m timeit -n 5 -s "import brokerage.users.hashers as h; a = h.TunedArgon2()" \
            "a.encode('correct horse battery', 'saltsaltsaltsalt')"
    """

    time_cost = 2
    memory_cost = 32 * 1024  # KiB
    parallelism = 1
