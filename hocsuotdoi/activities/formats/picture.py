"""Pictures of activities: what people upload, made into two WebP files that say nothing about where they were taken."""

import hashlib
import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

WIDTHS = (640, 1280)
LARGEST_BYTES = 10_000_000
LARGEST_PIXELS = 50_000_000
"""A phone's picture has 12 to 50 million; more is a bomb or a mistake."""

ACCEPTED = ("JPEG", "PNG", "WEBP")
_NAME = re.compile(r"([0-9a-f]{32})-(\d{1,5})x(\d{1,5})")


class BadPicture(ValueError):
    """Not a picture that we take. The argument says why: "kind", "pixels", "bytes" or "broken"."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture. `name`: its fingerprint and the size of the larger file."""

    name: str
    width: int
    height: int

    @property
    def small_width(self) -> int:
        return min(WIDTHS[0], self.width)

    def file(self, width: int) -> str:
        """Where the file of that width lies in the store."""
        return f"activities/{self.name}-{width}.webp"

    @property
    def widths(self) -> list[int]:
        return sorted({self.small_width, self.width})


def parse_picture(name: str) -> Picture | None:
    """A stored picture by its name; None: no such name."""
    found = _NAME.fullmatch(name)
    return Picture(name, int(found[2]), int(found[3])) if found else None


def render_picture(content: bytes) -> tuple[Picture, dict[int, bytes]]:
    """The picture as it is stored and its files by width: upright, at most 1280 wide, without any word about camera,
    place or owner. BadPicture: not JPEG, PNG or WebP; too many bytes or pixels; broken."""
    if len(content) > LARGEST_BYTES:
        raise BadPicture("bytes")
    image = _opened(content)
    files: dict[int, bytes] = {}
    wide = image.width
    for width in sorted({min(width, wide) for width in WIDTHS}):
        height = max(1, round(image.height * width / wide))
        out = io.BytesIO()
        image.resize((width, height), Image.Resampling.LANCZOS).save(out, "WEBP", quality=80, method=4)
        files[width] = out.getvalue()
    largest = files[width]
    return Picture(f"{hashlib.sha256(largest).hexdigest()[:32]}-{width}x{height}", width, height), files


def _opened(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=ACCEPTED) as image:
                if image.width * image.height > LARGEST_PIXELS:
                    raise BadPicture("pixels")
                # Large JPEGs are decoded at a fraction: a phone's picture needs no 150 MB here.
                image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
                upright = ImageOps.exif_transpose(image)
                return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except BadPicture:
        raise
    except Image.UnidentifiedImageError as unknown:
        raise BadPicture("kind") from unknown
    except (Image.DecompressionBombError, MemoryError) as bomb:
        raise BadPicture("pixels") from bomb
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError) as broken:
        raise BadPicture("broken") from broken
