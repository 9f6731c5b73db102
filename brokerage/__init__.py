"""The project package: settings, assembly, and the foundation under all apps."""
