from tests.portal.indicators.conftest import day, definitions, posting  # noqa: F401 (fixtures)
