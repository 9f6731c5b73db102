"""Lists of the apps below the back office, which must not know it themselves."""

from brokerage.backoffice.lists import control, customers, imports, rules

__all__ = ["control", "customers", "imports", "rules"]
