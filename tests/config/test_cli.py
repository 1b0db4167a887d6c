"""The command line: what it lists, and how it says no."""

import os
import subprocess
import sys

import pytest

from hocsuotdoi.config import cli


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hocsuotdoi.config.cli", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_lists_every_command_with_a_plain_line(capsys):
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    for name, line in cli.commands().items():
        assert line, f"{name} has no docstring"
        assert name in told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "abc"}, "The setting PORT is wrong: not a valid integer."),
        ({"PORT": "70000"}, "The setting PORT is wrong: must be"),
        ({"DEBUG": "maybe"}, "The setting DEBUG is wrong: not a valid boolean."),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL must look like postgresql://"),
        ({"DATABASE_URL": "postgresql://u@localhost:1/x"}, "The database cannot be reached ("),
        ({"DATA_DIR": "/proc/nowhere", "DATABASE_URL": ""}, "The data folder /proc/nowhere cannot be written"),
        ({"PUBLIC_URL": "example.vn"}, "PUBLIC_URL is 'example.vn': it must look like"),
        ({"LOG_LEVEL": "LOUD"}, "The setting LOG_LEVEL is wrong: must be one of"),
    ],
)
def test_start_with_a_wrong_setting_is_refused_in_one_sentence(settings, sentence):
    result = run("serve", **settings)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_unknown_command_is_refused():
    result = run("no-such-command")
    assert result.returncode != 0
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_secret_key_is_made_once_and_private(tmp_path):
    code = "from django.conf import settings; print(settings.SECRET_KEY)"
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "SECRET_KEY": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "hocsuotdoi.config.settings"
    keys = {subprocess.check_output([sys.executable, "-c", code], env=environment, text=True) for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop().strip()) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
