"""Pictures as phones, scanners and nobody in his right mind would send them."""

import base64
import io
import json
import struct
import zlib

from PIL import ExifTags, Image


def photo(kind="JPEG", size=(64, 48), colour=(200, 60, 40), **saved):
    """Give a picture of one colour, the right half of it black, as bytes."""
    made = Image.new("RGB", size, colour)
    made.paste((0, 0, 0), (size[0] // 2, 0, *size))
    out = io.BytesIO()
    made.save(out, kind, **saved)
    return out.getvalue()


def taken_at(lat, lng, orientation=1):
    """Give a picture that says where it was taken, and which side is up."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Software] = "<script>alert(1)</script>"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for ref, at, value, sides in ((1, 2, lat, "NS"), (3, 4, lng, "EW")):
        whole = abs(value)
        minutes = whole % 1 * 60
        place[ref] = sides[value < 0]
        place[at] = (float(int(whole)), float(int(minutes)), minutes % 1 * 60)
    return photo(exif=exif)


def png(width, height, data=b""):
    """Give a PNG that says how large it is, whatever is in it."""
    def chunk(name, own):
        return struct.pack(">I", len(own)) + name + own + struct.pack(">I", zlib.crc32(name + own))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def visit(place, lat, lng, count=1):
    """Give the file of a visit with some notes, a picture each."""
    own = base64.b64encode(photo()).decode()
    return json.dumps({"format": "landtrack-visit", "version": 1, "place": place, "notes": [
        {"id": f"{at:032x}", "at": "2026-11-30T08:00:00Z", "text": f"seen {at}", "by": "Wang",
         "lat": lat, "lng": lng, "accuracy_m": 6, "layer": "plots", "key": "A", "pictures": [own]}
        for at in range(count)
    ]}).encode()


HEIC = b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
HOSTILE = {
    "nothing": b"", "text": b"hello", "page": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "pdf": b"%PDF-1.4 x",
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "tiff": photo("TIFF"), "bmp": photo("BMP"),
    "heic": HEIC, "avif": HEIC.replace(b"heic", b"avif"),
    "cut jpeg": photo(size=(800, 600))[:900], "jpeg that is a head": b"\xff\xd8\xff\xe0\x00\x10",
    "jpeg that is a page": b"\xff\xd8\xff<html><script>alert(1)</script>",
    "cut png": photo("PNG", size=(800, 600))[:80], "png that holds nothing": png(100, 100),
    "png of no size": png(0, 0), "png larger than memory": png(60_000, 60_000),
    "png of too many pixels": png(11_000, 10_000), "cut webp": photo("WEBP")[:30],
    "webp that is a head": b"RIFF\xff\xff\xff\xffWEBP" + b"VP8 " + b"\xff" * 40,
}
"""What is no picture that is taken."""
