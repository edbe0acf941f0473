"""What hostile weight files are put together from: pickle instructions, archives, headers."""

import struct
import zlib

# ---- Pickles, instruction by instruction


def text(value):
    raw = value.encode() if isinstance(value, str) else value
    return b"X" + struct.pack("<I", len(raw)) + raw


def integer(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    size = (value.bit_length() + 8) // 8
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def tuple_of(*items):
    return b"(" + b"".join(items) + b"t"


def name(module, attribute):
    return b"c" + module.encode() + b"\n" + attribute.encode() + b"\n"


def stack_name(module, attribute):
    return text(module) + text(attribute) + b"\x93"


def call(function, *arguments):
    return function + tuple_of(*arguments) + b"R"


ORDERED = name("collections", "OrderedDict") + b")R"
REBUILD = name("torch._utils", "_rebuild_tensor_v2")
FALSE, NONE = b"\x89", b"N"


def storage(key="0", count=54, kind="FloatStorage", module="torch", legacy=False, word="storage"):
    fields = [text(word), name(module, kind), text(key), text("cpu"), integer(count)]
    return tuple_of(*fields, *([NONE] if legacy else [])) + b"Q"


def numbers(values):
    return tuple_of(*[integer(v) for v in values])


def tensor(key, shape, count=None, offset=0, strides=None, legacy=False, hooks=ORDERED, **kind):
    product = 1
    for extent in shape:
        product *= extent
    if strides is None:
        strides, step = [], 1
        for extent in reversed(shape):
            strides.insert(0, step)
            step *= extent
    place = storage(key, product if count is None else count, legacy=legacy, **kind)
    return call(REBUILD, place, integer(offset), numbers(shape), numbers(strides), FALSE, hooks)


# A network of 3 maps that makes pictures of the same size.
SHAPES = {
    "body.0.weight": (3, 3, 3, 3),
    "body.0.bias": (3,),
    "body.1.weight": (3,),
    "body.2.weight": (3, 3, 3, 3),
    "body.2.bias": (3,),
}
KEYS = {n: str(i) for i, n in enumerate(SHAPES)}


def numel(shape):
    product = 1
    for extent in shape:
        product *= extent
    return product


DATA = {KEYS[n]: struct.pack("<f", 0.01) * numel(s) for n, s in SHAPES.items()}


def dictionary(legacy=False, changed={}, before=b"", after=b"", extra=b""):
    """The pickle of a good file, tensors of it replaced and instructions put in."""
    items = b"".join(
        text(n) + changed.get(n, tensor(KEYS[n], s, legacy=legacy)) for n, s in SHAPES.items()
    )
    return b"\x80\x02" + before + ORDERED + b"(" + items + extra + b"u" + after + b"."


# ---- Containers


def entry(filename, content, **lies):
    """A file of an archive: what its local header and the directory say of it."""
    fields = {"name": filename, "data": content, "crc": zlib.crc32(content), "size": len(content)}
    fields |= {"packed": len(content), "method": 0, "flags": 0, "local": {}, "extra": b""}
    return fields | lies


def archive(entries, comment=b"", count=None, start=0, between=b"", ends=b"", disk=0, wide=None):
    out, directory = b"", b""
    for e in entries:
        local = e | e["local"]
        place = e.get("place", len(out))
        encoded = local["name"] if isinstance(local["name"], bytes) else local["name"].encode()
        out += struct.pack(
            "<IHHHHHIIIHH", 0x04034B50, 20, local["flags"], local["method"], 0, 0, local["crc"],
            local["packed"], local["size"], len(encoded), len(local["extra"]))
        out += encoded + local["extra"] + e["data"]
        encoded = e["name"] if isinstance(e["name"], bytes) else e["name"].encode()
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, e["flags"], e["method"], 0, 0, e["crc"],
            e["packed"], e["size"], len(encoded), 0, 0, 0, 0, 0, place) + encoded
    out += between
    place, number = len(out) + start, len(entries) if count is None else count
    end = directory
    if wide is not None:
        record = struct.pack(
            "<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, number, number, len(directory), place)
        locator = struct.pack("<IIQI", 0x07064B50, 0, len(out) + len(directory), 1)
        end += wide(record, locator)
    end += struct.pack(
        "<IHHHHIIH", 0x06054B50, disk, disk, number & 0xFFFF, number & 0xFFFF, len(directory), place,
        len(comment))
    return out + end + comment + ends


def zipped(pickle, data=DATA, others=(), root="archive", **settings):
    entries = [entry(f"{root}/data.pkl", pickle)]
    entries += [entry(f"{root}/data/{key}", raw) for key, raw in data.items()]
    return archive(entries + list(others) + [entry(f"{root}/version", b"3\n")], **settings)


MAGIC = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"
VERSION = b"\x80\x02M\xe9\x03."
SYSTEM = b"\x80\x02}(" + text("protocol_version") + b"M\xe9\x03" + text("little_endian") + b"\x88"
SYSTEM += text("type_sizes") + b"}(" + text("int") + b"K\x04" + text("long") + b"K\x04uu."


def key_list(keys):
    return b"\x80\x02](" + b"".join(text(k) for k in keys) + b"e."


def legacy(pickle, data=DATA, keys=None, counts={}, magic=MAGIC, version=VERSION, system=SYSTEM):
    out = magic + version + system + pickle + key_list(data if keys is None else keys)
    for key, raw in data.items():
        out += struct.pack("<q", counts.get(key, len(raw) // 4)) + raw
    return out


def safetensors(header, data=b"", length=None):
    raw = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(raw) if length is None else length) + raw + data
