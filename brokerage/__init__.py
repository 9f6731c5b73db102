"""The brokerage: settings, assembly, and the foundation under all apps."""

__version__ = "0.1.0"
