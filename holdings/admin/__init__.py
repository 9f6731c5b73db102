"""The back office of holdings."""

from holdings.admin.assets import CustomerAssetsAdmin
from holdings.admin.desk import UnknownAccountAdmin, WaivedDayAdmin
from holdings.admin.files import CounterFileAdmin

__all__ = ["CounterFileAdmin", "CustomerAssetsAdmin", "UnknownAccountAdmin", "WaivedDayAdmin"]
