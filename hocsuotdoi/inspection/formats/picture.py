"""Pictures of a visit: no larger than a page needs, whatever a phone's camera makes."""

import io

from PIL import Image

from hocsuotdoi.core.attachments import PICTURES

LONGEST_SIDE = 1600


def smaller(content: bytes, media_type: str) -> bytes:
    """As JPEG, at most 1600 pixels wide and high. What is so already stays as it is, byte for byte: sent again it is
    the same picture. Raises ValueError: no picture."""
    if media_type not in PICTURES:
        raise ValueError(media_type)
    with Image.open(io.BytesIO(content)) as picture:
        if picture.format == "JPEG" and max(picture.size) <= LONGEST_SIDE:
            return content
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=85)
        return out.getvalue()
