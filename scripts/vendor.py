"""Fetch the browser code and fonts that we ship, check them, and lay them into the static folder.

Run by a developer who wants a newer version (`.venv/bin/python scripts/vendor.py`); its results are committed, so
neither running nor testing needs Node. Needs `npm` and the packages `fonttools` and `brotli`.

Each package is pinned by version and by the sha512 that its registry states. What is done to the fonts (the SIL Open
Font License allows it and reserves no name): the latin and the vietnamese subset become one file for each weight,
hinting and unused letters go, and figures of one width are added under the feature `tnum`, which the family lacks.
"""

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

CORE = Path(__file__).resolve().parent.parent / "hocsuotdoi" / "core"
ROLL = CORE.parent / "workspace" / "static" / "roll" / "vendor"

PACKAGES = {
    "@fontsource/be-vietnam-pro@5.3.0": (
        "sha512-xhAQBGHDxP5BF8IJxedy5MoWUmc1DlPCcZbMLhvnPkf8TaYCbbUVs3LjpuJ4BYdTrdiCLaewNaY8z+owq/FqFw=="
    ),
    "htmx.org@2.0.11": (
        "sha512-Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA=="
    ),
    # Reads QR codes in browsers that cannot (Apache-2.0); the offline roll loads it only there.
    "jsqr@1.4.0": ("sha512-dxLob7q65Xg2DvstYkRpkYtmKm2sPJ9oFhrhmudT1dZvNFFTlroai3AWSpLey/w5vMcLBXRgOJsbXpdN9HzU/A=="),
}
WEIGHTS = (400, 600, 700)
PRINT_WEIGHTS = (400, 600, 700)  # charts and posters are drawn on the server, from TrueType files
FIGURE_WIDTH = 650  # of 1000: the family's zero is 676 wide, its one 385
# ASCII, the Vietnamese letters that Latin-1 holds, and the marks that pages set.
LATIN = {*range(0x20, 0x7F), *map(ord, "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý\xa0§«»·°×©–—‘’“”•…−")}


def fetch(spec: str, integrity: str, into: Path) -> Path:
    """The unpacked package, or a stop when its bytes are not the pinned ones."""
    done = subprocess.run(["npm", "pack", "--silent", spec], cwd=into, check=True, capture_output=True, text=True)
    archive = (into / done.stdout.split()[-1]).read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != integrity:
        sys.exit(f"{spec}: expected {integrity}, got {found}. Nothing was changed.")
    folder = into / spec.replace("/", "+")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def subset(path: Path, letters: set[int] | None) -> TTFont:
    font = TTFont(path)
    options = Options(hinting=False, layout_features=["kern", "mark", "mkmk"], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters or set(font.getBestCmap()))
    subsetter.subset(font)
    font.flavor = None
    return font


def add_figures_of_one_width(font: TTFont) -> None:
    cmap = font.getBestCmap()
    pairs = []
    for code in range(ord("0"), ord("9") + 1):
        name = cmap[code]
        width, bearing = font["hmtx"][name]
        shift = (FIGURE_WIDTH - width) // 2
        part = GlyphComponent()
        part.glyphName, part.x, part.y, part.flags = name, shift, 0, 0x0004 | 0x0002
        glyph = Glyph()
        glyph.numberOfContours, glyph.components = -1, [part]
        twin = f"{name}.tnum"
        font["glyf"][twin] = glyph
        font["hmtx"][twin] = (FIGURE_WIDTH, bearing + shift)
        pairs.append(f"sub {name} by {twin};")
    font.setGlyphOrder(font["glyf"].glyphOrder)
    addOpenTypeFeaturesFromString(font, f"feature tnum {{ {' '.join(pairs)} }} tnum;", tables=["GSUB"])


def build_fonts(package: Path, scratch: Path) -> None:
    for weight in WEIGHTS:
        parts = []
        for part, letters in (("latin", LATIN), ("vietnamese", None)):
            made = scratch / f"{part}-{weight}.ttf"
            subset(package / "files" / f"be-vietnam-pro-{part}-{weight}-normal.woff2", letters).save(made)
            parts.append(str(made))
        font = Merger().merge(parts)
        add_figures_of_one_width(font)
        if weight in PRINT_WEIGHTS:
            font.save(CORE / "fonts" / f"be-vietnam-pro-{weight}.ttf")
        font.flavor = "woff2"
        font.save(CORE / "static" / "fonts" / f"be-vietnam-pro-{weight}.woff2")
    shutil.copy(package / "LICENSE", CORE / "static" / "fonts" / "OFL.txt")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        fonts, htmx, jsqr = (fetch(spec, integrity, scratch) for spec, integrity in PACKAGES.items())
        build_fonts(fonts, scratch)
        shutil.copy(htmx / "dist" / "htmx.min.js", CORE / "static" / "js" / "htmx.min.js")
        shutil.copy(jsqr / "dist" / "jsQR.js", ROLL / "jsQR.js")
        shutil.copy(jsqr / "LICENSE", ROLL / "jsQR.LICENSE.txt")
    made = [*(CORE / "static" / "fonts").iterdir(), CORE / "static" / "js" / "htmx.min.js", *ROLL.iterdir()]
    for path in sorted(made):
        print(f"{path.relative_to(CORE.parent)}  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
