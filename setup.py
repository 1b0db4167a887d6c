"""Packaging, beside pyproject.toml only because of the catalogue: a wheel carries it compiled."""

from pathlib import Path

import polib
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogue(build_py):
    def run(self) -> None:
        for po in Path("hocsuotdoi").rglob("LC_MESSAGES/*.po"):
            polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))
        super().run()


setup(cmdclass={"build_py": BuildWithCatalogue})
