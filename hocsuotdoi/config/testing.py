"""A pytest plugin, loaded before Django's own reads the settings: the environment that tests run in.

The embedded server of the tests lives apart from the program's, does not wait for the disk, and keeps the templates of
the test databases for the next run (tests/support/databases.py). DATABASE_URL names another server to test on.
"""

import os
import sys
import tempfile
from pathlib import Path

from hocsuotdoi.config.catalogue import compile_catalogues
from hocsuotdoi.config.database import EmbeddedServer

# Some machines keep Python from writing its compiled modules: then each of the many processes that tests start would
# compile the whole program again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
compile_catalogues()
os.environ.setdefault("SECRET_KEY", "only for tests")
# Tests see at once what they have just changed; those of the keeping itself switch it on.
os.environ.setdefault("PAGE_KEPT_SECONDS", "0")
# The browser's driver keeps an event loop in the main thread; our code stays synchronous all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
default = Path(tempfile.gettempdir()) / f"hocsuotdoi-test-{os.getuid()}"
data_dir = Path(os.environ.setdefault("DATA_DIR", str(default))).resolve()
# Nothing is collected for tests, but the folder is looked for.
(data_dir / "static").mkdir(parents=True, exist_ok=True)
# pytest-xdist's processes inherit DATABASE_URL from the one that started the server.
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = EmbeddedServer(data_dir, durable=False).attach().url()
