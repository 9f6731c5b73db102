"""Fills the fresh database of a measured portal with the institutions of the demonstration.

`python -m bench.partner_setup` in the environment of the portal, after `manage.py migrate`.
"""

from bench.journeys_setup import main

PARTS = ("units", "staff", "outlets with address and hours", "partner institution")

if __name__ == "__main__":
    main(PARTS)
