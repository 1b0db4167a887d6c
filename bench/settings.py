"""The program's own settings; only the addresses have two more, that do nothing."""

from hocsuotdoi.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
