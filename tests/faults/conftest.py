from tests.faults.portal import portal, running  # noqa: F401 - fixtures
