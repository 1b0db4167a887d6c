"""The program on the command line: `hocsuotdoi COMMAND`.

A wrong setting or an unusable database stops the start with one sentence on standard error and code 2; what a command
prints on standard output is its own.
"""

import ast
import os
import re
import sys
from pathlib import Path

from hocsuotdoi.config.catalogue import compile_catalogues
from hocsuotdoi.config.database import DatabaseProblem, EmbeddedServer, check_reachable

PACKAGE = Path(__file__).resolve().parent.parent
OWN = {
    "serve": "Serves the web on HOST:PORT; with --with-worker also does the background jobs.",
    "worker": "Does the background jobs until stopped.",
    "migrate": "Brings the database to this version of the program.",
}
# Commands that need no database: they must also work where none can be reached.
WITHOUT_DATABASE = {"makemessages", "compilemessages", "help", "diffsettings"}


class WrongSetting(Exception):
    """A setting has a value that cannot be; the message is one sentence."""


def commands() -> dict[str, str]:
    """Every command of the program, as typed, with the first line of its module's docstring."""
    found = dict(OWN)
    for path in sorted(PACKAGE.glob("*/management/commands/*.py")):
        if not path.stem.startswith("_"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            found[path.stem.replace("_", "-")] = docstring.partition("\n")[0]
    return dict(sorted(found.items()))


def usage() -> str:
    listed = commands()
    width = max(map(len, listed))
    lines = [f"  {name:<{width}}  {line}" for name, line in listed.items()]
    return "\n".join(
        [
            "Usage: hocsuotdoi COMMAND [options]",
            "",
            *lines,
            "",
            "`hocsuotdoi COMMAND --help` tells a command's options.",
            "Settings are environment variables; docs/reference.md explains them.",
        ]
    )


def check_settings() -> None:
    """Reads the settings once, so that a wrong one is told in a sentence and not by a traceback."""
    from django.core.exceptions import ImproperlyConfigured  # slow import: `--help` should not wait for Django
    from environs import EnvError

    try:
        from hocsuotdoi.config import settings
    except (EnvError, ImproperlyConfigured) as error:
        raise WrongSetting(_in_words(error)) from error
    assert settings.SECRET_KEY


def _in_words(error: Exception) -> str:
    """«Environment variable "PORT" invalid: ['Must be …']» as a sentence."""
    told = re.fullmatch(r'Environment variable "(\w+)" (?:invalid: )?\[?[\'"]?(.*?)[\'"]?\]?', str(error), re.DOTALL)
    return f"The setting {told[1]} is wrong: {told[2][:1].lower()}{told[2][1:]}" if told else str(error)


def use_database() -> EmbeddedServer | None:
    """Puts DATABASE_URL in place: the one given, or the embedded server's. Refuses one that cannot be used."""
    url = os.environ.get("DATABASE_URL")
    if url:
        check_reachable(url)
        return None
    data_dir = Path(os.environ.get("DATA_DIR") or ".data").expanduser().resolve()
    server = EmbeddedServer(data_dir).attach()
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ["DATABASE_URL"] = server.url()
    return server


def run_serve(arguments: list[str], server: EmbeddedServer | None) -> int:
    from hocsuotdoi.config import settings  # already read by check_settings
    from hocsuotdoi.config.supervisor import CannotServe, serve  # slow import: only this command needs it

    if set(arguments) - {"--with-worker"}:
        print("Usage: hocsuotdoi serve [--with-worker]\n\n" + OWN["serve"])
        return 0 if set(arguments) <= {"--help", "-h"} else 2
    fds = [server.users_fd] if server and server.users_fd is not None else []
    try:
        return serve(settings.HOST, settings.PORT, os.environ, with_worker="--with-worker" in arguments, keep_fds=fds)
    except CannotServe as problem:
        print(problem, file=sys.stderr)
        return 2


def run_worker() -> int:
    import django  # slow import: only commands that need it

    django.setup()
    from hocsuotdoi.core.jobs import run_worker as work  # app ready: jobs are found in installed apps

    work()
    return 0


def main(argv: list[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"--help", "-h", "help"}:
        print(usage())
        return 0
    if arguments[0] in {"--version", "-V"}:
        from importlib.metadata import version  # slow import: rarely asked

        print(f"hocsuotdoi {version('hocsuotdoi')}")
        return 0
    command, rest = arguments[0], arguments[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocsuotdoi.config.settings")
    try:
        server = None if command in WITHOUT_DATABASE else use_database()
        check_settings()
        compile_catalogues()
    except (DatabaseProblem, WrongSetting) as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        if command == "serve":
            return run_serve(rest, server)
        if command == "worker":
            return run_worker()
        return run_management_command(command, rest)
    except KeyboardInterrupt:
        return 130
    finally:
        if server:
            server.detach()


def run_management_command(command: str, rest: list[str]) -> int:
    """As Django does it, but with the name as typed, and with a refusal as a sentence of its own."""
    import django  # slow import: only commands that need it
    from django.core.management import ManagementUtility
    from django.core.management.base import CommandError, handle_default_options
    from django.db import connections

    django.setup()
    from hocsuotdoi.core.errors import Refused  # app ready: may reach for translated words

    found = ManagementUtility(["hocsuotdoi", command]).fetch_command(command.replace("-", "_"))
    found._called_from_command_line = True  # type: ignore[attr-defined]  # Django reads it, its types do not know it
    options = found.create_parser("hocsuotdoi", command).parse_args(rest)
    handle_default_options(options)
    values = vars(options)
    arguments = values.pop("args", ())
    try:
        found.execute(*arguments, **values)
    except CommandError as problem:
        if options.traceback:
            raise
        print(problem, file=sys.stderr)
        return problem.returncode
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    finally:
        connections.close_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
