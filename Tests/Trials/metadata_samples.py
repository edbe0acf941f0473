"""Pictures with metadata, as cameras and programs write them; needs Pillow (`pip install pillow`)."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

NOTE = b"ACME" + bytes(i * 3 % 256 for i in range(80))
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
  xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  tiff:Orientation="%d" tiff:ImageWidth="11" exif:PixelXDimension="7">
<exif:PixelYDimension>9</exif:PixelYDimension>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour &amp; sea</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def block(orientation, order="<", kind=3, size=(48, 32), gap=0, rich=True):
    """An EXIF block from its TIFF header on; `gap` bytes lie before the first directory."""
    def number(value, count):
        return value.to_bytes(count, "little" if order == "<" else "big")

    def inline(tag, kind, value):
        width = {1: 1, 3: 2, 4: 4}[kind]
        return number(tag, 2) + number(kind, 2) + number(1, 4) + number(value, width).ljust(4, b"\0")

    def directory(entries, start, after=0):
        table, data = number(len(entries), 2), b""
        at = start + 2 + 12 * len(entries) + 4
        for entry in entries:
            if isinstance(entry, bytes):
                table += entry
                continue
            tag, type_, count, value = entry
            place = value.ljust(4, b"\0") if len(value) <= 4 else number(at + len(data), 4)
            table += number(tag, 2) + number(type_, 2) + number(count, 4) + place
            data += value + b"\0" * (len(value) % 2) if len(value) > 4 else b""
        return table + number(after, 4) + data

    def fraction(*values):
        return b"".join(number(value, 4) + number(1, 4) for value in values)

    def text(tag, value):
        return (tag, 2, len(value) + 1, value.encode() + b"\0")

    start = 8 + gap
    head = (b"II" if order == "<" else b"MM") + number(42, 2) + number(start, 4) + bytes(gap)
    if not rich:
        return head + directory([inline(0x0112, kind, orientation)], start)
    exif = [text(0x9003, "2024:05:06 07:08:09"), (0x927C, 7, len(NOTE), NOTE),
            inline(0xA002, 3, size[0]), inline(0xA003, 4, size[1])]
    place = [text(1, "N"), (2, 5, 3, fraction(52, 31, 0)), text(3, "E"), (4, 5, 3, fraction(13, 24, 0))]
    thumbnail = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(thumbnail, "jpeg")
    thumbnail = thumbnail.getvalue()

    def first(exif_at, place_at, second_at):
        return directory([
            inline(0x0100, 4, size[0]), inline(0x0101, 4, size[1]), text(0x010F, "Acme Cameras"),
            text(0x0110, "Model 3"), inline(0x0112, kind, orientation),
            (0x011A, 5, 1, fraction(300)), (0x011B, 5, 1, fraction(300)), inline(0x0128, 3, 2),
            text(0x0131, "Camera 1.0"), inline(0x8769, 4, exif_at), inline(0x8825, 4, place_at)],
            start, second_at)

    exif_at = start + len(first(0, 0, 0))
    place_at = exif_at + len(directory(exif, exif_at))
    second_at = place_at + len(directory(place, place_at))
    second = [inline(0x0103, 3, 6), inline(0x0201, 4, second_at + 2 + 36 + 4),
              inline(0x0202, 4, len(thumbnail))]
    return (head + first(exif_at, place_at, second_at) + directory(exif, exif_at)
            + directory(place, place_at) + directory(second, second_at) + thumbnail)


def iptc():
    """A Photoshop resource with IPTC: city and caption."""
    data = b"".join(
        struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
        for number, value in ((90, b"Lisbon"), (120, b"Ships in the harbour")))
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


def raw_profile(name, data):
    """What ImageMagick writes into a PNG's text."""
    digits = data.hex()
    lines = "\n".join(digits[i:i + 72] for i in range(0, len(digits), 72))
    return f"\n{name}\n{len(data):8}\n{lines}\n"


def upright(mode="RGB", size=(48, 32)):
    """A picture that shows how it is turned."""
    picture = Image.new("RGB", size)
    for y in range(size[1]):
        for x in range(size[0]):
            quarter = (y * 2 // size[1]) * 2 + x * 2 // size[0]
            base = [(220, 30, 30), (30, 200, 30), (30, 30, 220), (240, 240, 240)][quarter]
            picture.putpixel((x, y), tuple(v * (200 + x) // 260 for v in base))
    if mode == "I;16":
        gray = picture.convert("L")
        wide = Image.new("I;16", size)
        wide.putdata([v * 257 for v in gray.getdata()])
        return wide
    picture = picture.convert(mode)
    if mode in ("RGBA", "LA"):
        picture.putalpha(Image.linear_gradient("L").resize(size))
    return picture


# What turns the upright picture into the stored one.
STORING = {
    1: [], 2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM], 5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE], 8: [Image.Transpose.ROTATE_270],
}


def stored(orientation, mode="RGB"):
    picture = upright(mode)
    for step in STORING[orientation]:
        picture = picture.transpose(step)
    return picture


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(picture, segments, dpi=300):
    """A JPEG with segments behind its first one."""
    out = io.BytesIO()
    picture.save(out, "jpeg", quality=95, dpi=(dpi, dpi))
    data = out.getvalue()
    end = 4 + struct.unpack(">H", data[4:6])[0]
    return data[:end] + b"".join(segment(*part) for part in segments) + data[end:]


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data)))


def png(picture, before=(), after=(), texts=(), dpi=300):
    """A PNG with chunks before and behind its pixels."""
    info = PngImagePlugin.PngInfo()
    for key, text, how in texts:
        if how == "i":
            info.add_itxt(key, text)
        else:
            info.add_text(key, text, zip=how == "z")
    out = io.BytesIO()
    picture.save(out, "png", pnginfo=info, dpi=(dpi, dpi))
    data = out.getvalue()
    place = data.index(b"IDAT") - 4
    return (data[:place] + b"".join(chunk(*part) for part in before) + data[place:-12]
            + b"".join(chunk(*part) for part in after) + data[-12:])


def webp(picture, exif=None, xmp=None):
    out = io.BytesIO()
    parts = {name: value for name, value in (("exif", exif), ("xmp", xmp)) if value}
    picture.save(out, "webp", lossless=True, exact=True, **parts)
    return out.getvalue()


def full(format_, orientation=6, mode="RGB", order="<", kind=3):
    """A file with everything that its format has a place for."""
    picture = stored(orientation, mode)
    exif = block(orientation, order, kind, picture.size)
    xmp = (XMP % orientation).encode()
    if format_ == "jpg":
        return jpeg(picture, [
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp), (0xE1, b"Exif\0\0" + exif),
            (0xED, b"Photoshop 3.0\0" + iptc()), (0xFE, b"Made by hand")])
    if format_ == "png":
        return png(picture, [(b"eXIf", exif)], texts=[
            ("Author", "Ana", "t"), ("parameters", "a cat\nSteps: 20, Sampler: Euler a", "z"),
            ("Title", "\u6e2f", "i"), ("XML:com.adobe.xmp", xmp.decode(), "i"),
            ("Raw profile type iptc", raw_profile("iptc", iptc()), "z")])
    return webp(picture, exif, xmp)
