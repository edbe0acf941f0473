"""PNG files with nothing but Python's own library."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
# First column and row, and steps, of the passes of Adam7.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2))
WHOLE = ((0, 0, 1, 1),)


def chunk(name, data=b"", length=None, checksum=None):
    """A chunk; a length or a checksum that is not its own makes a broken one."""
    if checksum is None:
        checksum = zlib.crc32(name + data)
    length = len(data) if length is None else length
    return struct.pack(">I", length) + name + data + struct.pack(">I", checksum)


def header(width, height, depth=8, colour=RGB, interlace=0, compression=0, filtering=0):
    """The chunk that says what the picture is."""
    return chunk(b"IHDR", struct.pack(
        ">IIBBBBB", width, height, depth, colour, compression, filtering, interlace))


def encode(width, height, samples, depth=8, colour=RGB):
    """A file of packed rows without filters: 16-bit samples are big-endian."""
    row = len(samples) // height
    lines = b"".join(b"\0" + samples[y * row:(y + 1) * row] for y in range(height))
    return (SIGNATURE + header(width, height, depth, colour)
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND"))


def with_text(contents, keyword, text):
    """The same picture with a text chunk behind its header: a file of its own."""
    end = len(SIGNATURE) + 25
    return contents[:end] + chunk(b"tEXt", f"{keyword}\0{text}".encode()) + contents[end:]


def write_waves(path, width, height, interlaced=False):
    """A picture of soft waves, of any size, written by rows."""
    deflate = zlib.compressobj(1)
    with open(path, "wb") as file:
        file.write(SIGNATURE + header(width, height, interlace=int(interlaced)))
        for left, top, across, down in ADAM7 if interlaced else WHOLE:
            columns = range(left, width, across)
            if not columns:
                continue
            line = bytes(v for x in columns for v in (x * 5 & 255, x * x >> 9 & 255, x * 3 & 255))
            for y in range(top, height, down):
                # Filter 1 adds the pixel on the left: the first sample shifts the whole row.
                data = deflate.compress(b"\1" + bytes([y & 255]) + line[1:])
                if data:
                    file.write(chunk(b"IDAT", data))
        file.write(chunk(b"IDAT", deflate.flush()) + chunk(b"IEND"))


def chunks(contents):
    """(name, data) of each chunk; ValueError for anything that is not whole."""
    if contents[:8] != SIGNATURE:
        raise ValueError("no PNG")
    position = 8
    while position < len(contents):
        length, = struct.unpack_from(">I", contents, position)
        name = contents[position + 4:position + 8]
        data = contents[position + 8:position + 8 + length]
        checksum, = struct.unpack_from(">I", contents, position + 8 + length)
        if len(data) != length or zlib.crc32(name + data) != checksum:
            raise ValueError(f"chunk {name!r} is damaged")
        yield name, data
        position += 12 + length
