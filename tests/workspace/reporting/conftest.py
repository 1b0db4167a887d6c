from tests.reporting.conftest import bac_kan, library, plan, silent_library

__all__ = ["bac_kan", "library", "plan", "silent_library"]
