"""QR codes as SVG: on pages, tickets, posters and for enrolling a device."""

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str) -> str:
    """`text` as a QR code, an SVG element that takes any size; with the quiet zone that readers need."""
    picture = qrcode.make(text, image_factory=SvgPathImage, error_correction=ERROR_CORRECT_M, border=4)
    out = io.BytesIO()
    picture.save(out)
    return out.getvalue().decode("utf-8")


def qr_png(text: str) -> bytes:
    """`text` as a QR code, a small black and white PNG: for documents, which hold no SVG. The same text, the same
    bytes."""
    picture = qrcode.make(text, error_correction=ERROR_CORRECT_M, border=2, box_size=6)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
