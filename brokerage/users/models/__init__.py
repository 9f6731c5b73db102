"""Tables of log-in: who may sign in, the codes on their way, and the devices seen."""

from brokerage.users.models.code import PhoneCode, Purpose
from brokerage.users.models.device import Device
from brokerage.users.models.factor_reset import FactorReset
from brokerage.users.models.past_phone import PastPhone
from brokerage.users.models.user import Kind, User

__all__ = ["Device", "FactorReset", "Kind", "PastPhone", "PhoneCode", "Purpose", "User"]
