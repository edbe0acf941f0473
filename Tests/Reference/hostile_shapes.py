"""Containers with tricks, files that are cut, and headers of safetensors."""

import json
import struct
import zlib

from hostile_parts import (
    DATA, KEYS, MAGIC, SHAPES, SYSTEM, VERSION, archive, call, dictionary, entry, key_list,
    legacy, name, safetensors, text, zipped,
)


def tricks():
    good = dictionary()
    bad = dictionary(before=call(name("os", "system"), text("touch PWNED")) + b"0")
    pickle = entry("archive/data.pkl", good)
    stored = [entry(f"archive/data/{k}", v) for k, v in DATA.items()]
    first, rest = stored[0], stored[1:]
    yield "zip-two-pickles.pth", archive([pickle, entry("archive/data.pkl", bad)] + stored)
    yield "zip-two-pickles-swapped.pth", archive([entry("archive/data.pkl", bad), pickle] + stored)
    yield "zip-two-roots.pth", archive([pickle] + stored + [entry("other/data.pkl", bad)])
    yield "zip-deep-root.pth", archive(
        [entry("a/b/data.pkl", good)] + [entry(f"a/b/data/{k}", v) for k, v in DATA.items()])
    yield "zip-no-root.pth", archive(
        [entry("data.pkl", good)] + [entry(f"data/{k}", v) for k, v in DATA.items()])
    yield "zip-two-storages.pth", archive([pickle] + stored + [first])
    yield "zip-no-pickle.pth", archive(stored)
    yield "zip-empty.pth", archive([])
    yield "zip-torchscript.pt", zipped(good, others=[entry("archive/constants.pkl", b"\x80\x02).")])
    yield "zip-torchscript-code.pt", zipped(good, others=[entry("archive/code/x.py", b"pass")])
    yield "zip-big-endian.pth", zipped(good, others=[entry("archive/byteorder", b"big")])
    yield "zip-odd-endian.pth", zipped(good, others=[entry("archive/byteorder", b"middle")])
    yield "zip-crc-pickle.pth", archive([entry("archive/data.pkl", good, crc=1)] + stored)
    yield "zip-crc-storage.pth", archive([pickle, entry("archive/data/0", DATA["0"], crc=1)] + rest)
    yield "zip-crc-local.pth", archive(
        [pickle, entry("archive/data/0", DATA["0"], local={"crc": 1})] + rest)
    for title, path in {
        "parent": "archive/../../x", "absolute": "/etc/passwd", "dots": "..", "empty": "",
        "backslash": "archive\\..\\x", "nul": b"archive/a\0b", "double-slash": "archive//x",
        "folder": "archive/x/", "newline": "archive/a\nb", "escape": b"archive/\x1b[2Jx",
        "long": "archive/" + "a" * 2000,
    }.items():
        yield f"zip-name-{title}.pth", zipped(good, others=[entry(path, b"x")])
    for title, local in {
        "name": {"name": "archive/data.pkk"}, "size": {"size": 5}, "packed": {"packed": 5},
        "method": {"method": 8}, "encrypted": {"flags": 1}, "name-length": {"name": "archive/data.pk"},
        "extra-beyond": {"extra": b"x" * 60000},
    }.items():
        changed = entry("archive/data.pkl", good, local=local)
        if title == "extra-beyond":
            changed["data"] = b""
            changed["place"] = 0
        yield f"zip-local-{title}.pth", archive([changed] + stored)
    yield "zip-encrypted.pth", archive([entry("archive/data.pkl", good, flags=1)] + stored)
    for method in [1, 8, 9, 12, 14, 93, 99]:
        yield f"zip-method-{method}.pth", archive([pickle, entry(
            "archive/data/0", DATA["0"], method=method)] + rest)
    yield "zip-size-larger.pth", archive([pickle, entry(
        "archive/data/0", DATA["0"], size=10**6, packed=10**6)] + rest)
    yield "zip-size-smaller.pth", archive([pickle, entry(
        "archive/data/0", DATA["0"], size=4, packed=4, crc=zlib.crc32(DATA["0"][:4]))] + rest)
    yield "zip-size-wide-missing.pth", archive([pickle, entry(
        "archive/data/0", DATA["0"], size=0xFFFFFFFF, packed=0xFFFFFFFF)] + rest)
    yield "zip-overlap.pth", archive([pickle, first | {"place": 0}] + rest)
    yield "zip-place-far.pth", archive([pickle, first | {"place": 0x7FFFFFFF}] + rest)
    yield "zip-place-middle.pth", archive([pickle, first | {"place": 7}] + rest)
    whole = archive([pickle] + stored)
    other = archive([entry("archive/data.pkl", bad)] + stored)
    end = other[-22:]
    yield "zip-end-in-comment.pth", whole[:-22] + struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, 6, 6, *struct.unpack("<II", whole[-10:-2]), 22) + end
    yield "zip-behind-another.pth", other + whole
    yield "zip-trailing-bytes.pth", whole + b"hello"
    yield "zip-comment-lies.pth", whole[:-2] + b"\x10\x00"
    yield "zip-count-larger.pth", archive([pickle] + stored, count=9)
    yield "zip-count-smaller.pth", archive([pickle] + stored, count=5)
    yield "zip-start-wrong.pth", archive([pickle] + stored, start=1)
    yield "zip-start-far.pth", archive([pickle] + stored, start=0x7FFFFF00)
    yield "zip-gap.pth", archive([pickle] + stored, between=b"x" * 10, start=-10)
    yield "zip-many-disks.pth", archive([pickle] + stored, disk=3)
    yield "zip-wide-lies.pth", archive(
        [pickle] + stored, wide=lambda r, l: r[:24] + struct.pack("<Q", 99) + r[32:] + l)
    yield "zip-wide-far.pth", archive(
        [pickle] + stored, wide=lambda r, l: r + l[:8] + struct.pack("<Q", 1 << 63) + l[16:])
    yield "zip-wide-huge.pth", archive(
        [pickle] + stored, wide=lambda r, l: r[:40] + struct.pack("<QQ", 1 << 62, 1 << 62) + l)
    yield "zip-start-only.pth", b"PK\x03\x04"
    yield "zip-of-text.pth", archive([entry("word/document.xml", b"<xml/>")])
    yield "tar.pth", b"pickle\0".ljust(257, b"\0") + b"ustar  \0".ljust(767, b"\0")
    yield "gzip.pth", b"\x1f\x8b\x08\0" + bytes(100)
    yield "hdf5.pth", b"\x89HDF\r\n\x1a\n" + bytes(100)
    yield "onnx.pth", b"\x08\x07\x12\x07pytorch" + bytes(100)
    yield "empty.pth", b""
    yield "one-byte.pth", b"\x80"
    yield "zeros.pth", bytes(4096)


def cuts():
    """Truncations at every part."""
    whole = zipped(dictionary())
    places = {1, 3, 4, 20, 30, 45, 46, 100, 300, 700}
    start = 0
    while (start := whole.find(b"PK", start)) >= 0:
        places |= {start, start + 4, start + 26}
        start += 4
    places |= {len(whole) - n for n in (1, 2, 10, 21, 22, 23)}
    for place in sorted(p for p in places if 0 < p < len(whole)):
        yield f"cut-zip-{place}.pth", whole[:place]
    whole = legacy(dictionary(True))
    bounds = [0]
    for part in [MAGIC, VERSION, SYSTEM, dictionary(True), key_list(DATA)]:
        bounds.append(bounds[-1] + len(part))
    for raw in DATA.values():
        bounds.append(bounds[-1] + 8 + len(raw))
    places = {b + d for b in bounds for d in (-1, 0, 1, 5)} - {len(whole)}
    for place in sorted(p for p in places if 0 < p < len(whole)):
        yield f"cut-legacy-{place}.pth", whole[:place]
    header, data, offset = {}, b"", 0
    for n, shape in SHAPES.items():
        raw = DATA[KEYS[n]]
        header[n] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(raw)]}
        offset, data = offset + len(raw), data + raw
    whole = safetensors(json.dumps(header), data)
    for place in [1, 7, 8, 9, 50, len(whole) - len(data) - 1, len(whole) - len(data), len(whole) - 1]:
        yield f"cut-{place}.safetensors", whole[:place]
    yield from headers(header, data)


def headers(header, data):
    def changed(title, edit):
        copy = json.loads(json.dumps(header))
        edit(copy)
        return f"json-{title}.safetensors", safetensors(json.dumps(copy), data)

    def bias(**fields):
        return lambda h: h["body.0.bias"].update(fields)

    start, stop = header["body.0.bias"]["data_offsets"]
    yield changed("overlap", bias(data_offsets=[start - 4, stop - 4]))
    yield changed("hole", bias(data_offsets=[start + 4, stop]))
    yield changed("reversed", bias(data_offsets=[stop, start]))
    yield changed("beyond", bias(data_offsets=[start, 1 << 40]))
    yield changed("negative", bias(data_offsets=[-4, 8]))
    yield changed("overflow", bias(shape=[1 << 62, 1 << 62]))
    yield changed("wraps", bias(shape=[1 << 63, 2]))
    yield changed("fraction", bias(shape=[3.0]))
    yield changed("text-shape", bias(shape=["3"]))
    yield changed("kind", bias(dtype="I32"))
    yield changed("kind-unknown", bias(dtype="F7"))
    yield changed("field", bias(more=1))
    yield changed("rank", bias(shape=[1] * 40 + [3]))
    yield changed("missing", lambda h: h.pop("body.2.bias"))
    yield changed("metadata", lambda h: h.update(__metadata__={"a": 1}))
    whole = json.dumps(header)
    yield "json-trailing.safetensors", safetensors(whole, data + b"x")
    yield "json-twice.safetensors", safetensors(
        whole[:-1] + ', "body.0.bias": ' + json.dumps(header["body.0.bias"]) + "}", data)
    yield "json-deep.safetensors", safetensors('{"a":' * 100_000 + "1" + "}" * 100_000, data)
    yield "json-deep-lists.safetensors", safetensors("[" * 1_000_000, data)
    yield "json-deep-shape.safetensors", safetensors(
        whole.replace("[3]", "[" * 50_000 + "3" + "]" * 50_000), data)
    yield "json-length.safetensors", safetensors(whole, data, length=1 << 62)
    yield "json-length-all.safetensors", safetensors(whole, data, length=(1 << 64) - 1)
    yield "json-length-short.safetensors", safetensors(whole, data, length=20)
    yield "json-no-utf8.safetensors", safetensors(whole.encode().replace(b"body.0.bias", b"body\xff0.bias"), data)
    yield "json-array.safetensors", safetensors("[]", data)
    yield "json-nothing.safetensors", safetensors("", b"")
    yield "json-comment.safetensors", safetensors(whole + "/* */", data)
