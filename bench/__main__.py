"""`python -m bench [name …]`: runs the named benchmarks, or all, and prints their tables."""

import importlib
import os
import platform
import sys

from bench.stage import stage

ALL = ("registrations", "sync", "pages", "rollup", "cycle")


def main() -> None:
    wanted = sys.argv[1:] or ALL
    if unknown := set(wanted) - set(ALL):
        sys.exit(f"No benchmark is called {', '.join(unknown)}: choose from {', '.join(ALL)}.")
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, embedded PostgreSQL\n", flush=True)
    with stage() as prepared:
        for name in wanted:
            print(importlib.import_module(f"bench.{name}").run(prepared), flush=True)


if __name__ == "__main__":
    main()
