"""Hostile weight files: what `upscale` says of each, and what torch.load(weights_only=True) does.

Each file must be refused with exit code 78 and one sentence that names it, in less than 2 s and 256 MB,
with no file touched. Then PyTorch (for .safetensors its own library) is asked; where it loads what is
refused here, the table at the end says why. Exits with 1 if anything is not refused.
"""

import argparse
import collections
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
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


# ---- The files


def executions():
    """Ways to make Python call something, in both containers."""
    command = text("touch PWNED")
    payloads = {
        "os-system": (("os", "system"), [command]),
        "posix-system": (("posix", "system"), [command]),
        "subprocess-call": (("subprocess", "call"), [command]),
        "subprocess-popen": (("subprocess", "Popen"), [command]),
        "eval": (("builtins", "eval"), [text("open('PWNED','w')")]),
        "eval-2": (("__builtin__", "eval"), [text("open('PWNED','w')")]),
        "exec": (("builtins", "exec"), [text("open('PWNED','w')")]),
        "open": (("builtins", "open"), [text("PWNED"), text("w")]),
        "io-open": (("io", "open"), [text("PWNED"), text("w")]),
        "getattr": (("builtins", "getattr"), [ORDERED, text("clear")]),
        "import": (("builtins", "__import__"), [text("antigravity")]),
        "importlib": (("importlib", "import_module"), [text("antigravity")]),
        "runpy": (("runpy", "run_path"), [text("/dev/null")]),
        "pty": (("pty", "spawn"), [text("/bin/true")]),
        "shutil": (("shutil", "rmtree"), [text("victim")]),
        "unlink": (("os", "unlink"), [text("victim")]),
        "webbrowser": (("webbrowser", "open"), [text("http://localhost")]),
        "torch-load": (("torch", "load"), [text("/dev/null")]),
        "torch-hub": (("torch.hub", "load"), [text("a/b"), text("c")]),
        "torch-jit": (("torch.jit", "load"), [text("/dev/null")]),
        "numpy-load": (("numpy", "load"), [text("/dev/null")]),
        "numpy-testing": (("numpy.testing._private.utils", "runstring"), [text("1"), b"}"]),
        "attrgetter": (("operator", "attrgetter"), [text("system")]),
        "partial": (("functools", "partial"), [name("os", "system"), command]),
        "code": (("types", "CodeType"), []),
        "pickle-loads": (("pickle", "loads"), [text("cos\nsystem\n")]),
        "asyncio": (("asyncio.unix_events", "_UnixSubprocessTransport"), []),
        "ctypes": (("ctypes", "CDLL"), [text("libc.so.6")]),
        "sys-setattr": (("sys", "setrecursionlimit"), [integer(10)]),
        "reconstructor": (("copyreg", "_reconstructor"), [name("os", "system"), NONE, NONE]),
        "tensor-class": (("torch", "Tensor"), []),
        "module-class": (("torch.nn.modules.conv", "Conv2d"), [integer(3)]),
        "storage-class": (("torch.storage", "_load_from_bytes"), [b"C\x01a"]),
        "look-alike-module": (("\u0441ollections", "OrderedDict"), []),
        "look-alike-name": (("collections", "\uff2frderedDict"), []),
        "look-alike-space": (("collections ", "OrderedDict"), []),
        "look-alike-return": (("collections", "OrderedDict\r"), []),
        "dotted-name": (("collections", "OrderedDict.fromkeys"), [text("a")]),
        "dotted-allowed": (("torch", "_utils._rebuild_tensor_v2"), []),
        "empty-name": (("", ""), []),
    }
    for title, ((module, attribute), arguments) in payloads.items():
        bad = call(name(module, attribute), *arguments)
        for form, old in [(zipped, False), (legacy, True)]:
            kind = "legacy" if old else "zip"
            yield f"run-reduce-{title}-{kind}.pth", form(dictionary(old, before=bad + b"0"))
    system = name("os", "system")
    pair = b"(" + command
    routes = {
        "stack-global": stack_name("os", "system") + tuple_of(command) + b"R0",
        "stack-global-dotted": stack_name("torch", "os.system") + tuple_of(command) + b"R0",
        "inst": b"(" + command + b"ios\nsystem\n0",
        "obj": b"(" + system + command + b"o0",
        "obj-allowed": b"(" + name("collections", "OrderedDict") + b"o0",
        "inst-allowed": b"(icollections\nOrderedDict\n0",
        "newobj": system + tuple_of(command) + b"\x810",
        "newobj-ex": system + tuple_of(command) + b"}\x920",
        "newobj-ex-allowed": name("collections", "OrderedDict") + b")}\x920",
        "build-function": system + b"}" + b"b0",
        "build-dict-of-globals": ORDERED + b"}" + text("__setstate__") + system + b"sb0",
        "ext1": b"\x82\x010",
        "ext2": b"\x83\x01\x000",
        "ext4": b"\x84\x01\x00\x00\x000",
        "persid": b"Pos.system\n0",
        "binpersid-call": tuple_of(text("call"), system, command) + b"Q0",
        "binpersid-text": text("os.system") + b"Q0",
        "binpersid-global": tuple_of(text("storage"), system, text("0"), text("cpu"), b"K\x01")
        + b"Q0",
        "reduce-text": text("os.system") + tuple_of(command) + b"R0",
        "reduce-list": b"]" + tuple_of(command) + b"R0",
        "reduce-no-tuple": name("collections", "OrderedDict") + command + b"R0",
        "reduce-storage": name("torch", "FloatStorage") + tuple_of(b"K\x05") + b"R0",
        "memo": system + b"q\x630h\x63" + tuple_of(command) + b"R0",
        "dup": system + b"2" + tuple_of(command) + b"R00",
        "buffer": b"\x970",
        "readonly-buffer": b"C\x01a\x980",
        "proto-0-get": b"g0\n0",
        "proto-0-string": b"S'a'\n0",
        "proto-0-int": b"I1\n0",
        "set": b"\x8f0",
        "frozenset": b"(\x910",
        "bytearray": b"\x96" + struct.pack("<Q", 1) + b"a0",
        "unknown-opcode": b"\xf00",
    }
    for title, code in routes.items():
        for form, old in [(zipped, False), (legacy, True)]:
            kind = "legacy" if old else "zip"
            yield f"run-route-{title}-{kind}.pth", form(dictionary(old, before=code))
    bad = call(system, command)
    places = {
        "as-value": dictionary(extra=text("x") + bad),
        "as-key": dictionary(extra=bad + b"N"),
        "in-metadata": dictionary(after=b"}" + text("_metadata") + bad + b"sb"),
        "as-hooks": dictionary(
            changed={"body.0.bias": tensor("1", (3,), hooks=bad)}),
        "as-root": b"\x80\x02" + bad + b".",
        "as-size": dictionary(changed={"body.0.bias": call(
            REBUILD, storage("1", 3), integer(0), bad, numbers([1]), FALSE, ORDERED)}),
    }
    for title, pickle in places.items():
        yield f"run-place-{title}.pth", zipped(pickle)
    yield "run-plain-pickle.pth", b"\x80\x02" + bad + b"."
    yield "run-plain-pickle-4.pt", b"\x80\x04\x95" + struct.pack("<Q", len(bad) + 1) + bad + b"."
    yield "run-protocol-0.ckpt", b"cos\nsystem\n(S'touch PWNED'\ntR."
    yield "run-in-legacy-header.pth", MAGIC + VERSION + b"\x80\x02" + bad + b"." + dictionary(True)
    yield "run-in-legacy-keys.pth", MAGIC + VERSION + SYSTEM + dictionary(True) + b"\x80\x02](" + bad + b"e."
    yield "run-in-legacy-magic.pth", b"\x80\x02" + bad + b"." + legacy(dictionary(True))[15:]


def bombs():
    many = 1_000_000
    for title, code in {
        "lists": b"]" * many + b"a" * (many - 1) + b"0",
        "tuples": b")" + b"\x85" * many + b"0",
        "dictionaries": b"}" + (b"}" + text("a")) * 1000 + b"}" + b"s" * 1000 + b"00",
        "marks": b"(" * many,
        "instructions": b"N0" * many,
        "stack": b"N" * (many + 1),
        "long-text": b"X\xff\xff\xff\xff",
        "long-text-8": b"\x8d" + struct.pack("<Q", 1 << 62) + b"a0",
        "negative-text-8": b"\x8d" + struct.pack("<Q", (1 << 64) - 1) + b"a0",
        "long-bytes-8": b"\x8e" + struct.pack("<Q", 1 << 62) + b"a0",
        "long-number": b"\x8b\xff\xff\xff\x7f",
        "negative-long": b"\x8b\xff\xff\xff\xff",
        "endless-name": b"c" + b"a" * 100_000,
        "memo-of-nothing": b"h\x07",
        "memo-far": b"j\xff\xff\xff\xff",
        "pop-nothing": b"0",
        "mark-lost": b"(",
        "tuple-of-nothing": b"\x87",
        "append-to-number": b"K\x01Na0",
        "set-on-list": b"](NNu0",
        "odd-items": b"}(Nu0",
    }.items():
        for form, old in [(zipped, False), (legacy, True)]:
            yield f"bomb-{title}-{'legacy' if old else 'zip'}.pth", form(dictionary(old, before=code))
    laugh = b"]q\x00" + b"".join(
        b"](" + b"h" + bytes([i]) * 1 + b"h" + bytes([i]) + b"eq" + bytes([i + 1]) for i in range(120)
    )
    yield "bomb-laughs.pth", zipped(dictionary(before=laugh + b"0" * 121))
    selfish = b"]q\x00h\x00a0"
    yield "bomb-list-of-itself-as-root.pth", zipped(b"\x80\x02]q\x00h\x00a.")
    yield "bomb-dictionary-of-itself.pth", zipped(b"\x80\x02}q\x00" + text("params") + b"h\x00s.")
    yield "bomb-list-in-size.pth", zipped(dictionary(before=selfish, changed={
        "body.0.bias": call(REBUILD, storage("1", 3), integer(0), b"h\x00", b"h\x00", FALSE, ORDERED)}))
    raw = bytes(100 << 20)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packed.compress(raw) + packed.flush()
    bomb = entry("archive/data/0", packed, size=len(raw), crc=zlib.crc32(raw), method=8)
    pickle = dictionary(changed={"body.0.weight": tensor("0", (3, 3, 3, 3), count=len(raw) // 4)})
    rest = {k: v for k, v in DATA.items() if k != "0"}
    yield "bomb-deflated-storage.pth", zipped(pickle, data=rest, others=[bomb])
    good = dictionary()
    small = zlib.compressobj(9, zlib.DEFLATED, -15)
    small = small.compress(good) + small.flush()
    stored = [entry(f"archive/data/{k}", v) for k, v in DATA.items()]
    yield "bomb-deflated-pickle.pth", archive(
        [entry("archive/data.pkl", small, size=len(good), crc=zlib.crc32(good), method=8)] + stored)
    yield "bomb-many-entries.pth", zipped(
        dictionary(), others=[entry(f"archive/x/{i}", b"") for i in range(65_600)], count=65_607)


def lies():
    big = 1 << 62
    bias = "body.0.bias"

    def lie(**settings):
        return {bias: tensor("1", settings.pop("shape", (3,)), **settings)}

    changes = {
        "offset-beyond": lie(count=3, offset=1),
        "offset-far": lie(count=3, offset=1 << 40),
        "offset-overflow": lie(count=3, offset=(1 << 63) - 1),
        "offset-negative": lie(count=3, offset=-1),
        "offset-huge": lie(count=3, offset=1 << 70),
        "stride-beyond": lie(count=3, strides=[2]),
        "stride-overflow": lie(count=3, strides=[big]),
        "stride-negative": lie(count=3, offset=2, strides=[-1]),
        "stride-wraps": lie(count=3, shape=(5, 3), strides=[1 << 62, 1]),
        "shape-larger": lie(count=3, shape=(4,)),
        "shape-overflow": lie(count=3, shape=(big, big), strides=[0, 0]),
        "shape-negative": lie(count=3, shape=(-3,), strides=[1]),
        "shape-empty": lie(count=3, shape=(0,)),
        "shape-expanded": lie(count=3, shape=(1 << 20, 1 << 20), strides=[0, 0]),
        "rank-1000": lie(count=3, shape=(1,) * 1000),
        "rank-9": lie(count=3, shape=(1,) * 8 + (3,)),
        "rank-differs": lie(count=3, strides=[1, 1]),
        "scalar": lie(count=3, shape=()),
        "count-larger": lie(count=4),
        "count-smaller": lie(count=2, shape=(2,)),
        "count-zero": lie(count=0),
        "count-huge": lie(count=1 << 60),
        "count-negative": lie(count=-3),
        "kind-differs": lie(count=3, kind="DoubleStorage"),
        "kind-half": lie(count=3, kind="HalfStorage"),
        "kind-integer": lie(count=3, kind="IntStorage"),
        "kind-quantised": lie(count=3, kind="QInt8Storage"),
        "kind-complex": lie(count=3, kind="ComplexFloatStorage"),
        "kind-module": lie(count=3, module="torch.cuda"),
        "word-differs": lie(count=3, word="module"),
        "twice": {bias: tensor("1", (3,)), "body.1.weight": tensor("1", (3,), kind="HalfStorage")},
        "twice-count": {bias: tensor("1", (3,)), "body.1.weight": tensor("1", (2,), count=2)},
        "arguments-missing": {bias: call(REBUILD, storage("1", 3))},
        "arguments-many": {bias: call(REBUILD, storage("1", 3), *[integer(0)] * 12)},
        "arguments-types": {bias: call(REBUILD, text("1"), text("0"), text("3"), text("1"))},
        "size-of-text": {bias: call(
            REBUILD, storage("1", 3), integer(0), tuple_of(text("3")), numbers([1]), FALSE, ORDERED)},
        "size-of-booleans": {bias: call(
            REBUILD, storage("1", 3), integer(0), tuple_of(b"\x88"), numbers([1]), FALSE, ORDERED)},
        "no-tensor": {bias: text("0.01")},
        "parameter-of-text": {bias: call(
            name("torch._utils", "_rebuild_parameter"), text("a"), b"\x88", ORDERED)},
        "storage-as-tensor": {bias: storage("1", 3)},
        "fields-few": {bias: call(
            REBUILD, tuple_of(text("storage"), name("torch", "FloatStorage")) + b"Q", integer(0),
            numbers([3]), numbers([1]), FALSE, ORDERED)},
        "key-number": {bias: call(
            REBUILD, tuple_of(text("storage"), name("torch", "FloatStorage"), integer(1), text("cpu"),
                              integer(3)) + b"Q", integer(0), numbers([3]), numbers([1]), FALSE, ORDERED)},
    }
    for title, changed in changes.items():
        yield f"lie-{title}.pth", zipped(dictionary(changed=changed))
    for title, key in {
        "missing": "99", "parent": "../data/1", "passwd": "../../../../etc/passwd",
        "absolute": "/etc/passwd", "empty": "", "dot": ".", "nul": "1\0", "version": "../version",
        "long": "1" * 5000,
    }.items():
        yield f"lie-key-{title}.pth", zipped(dictionary(changed={bias: tensor(key, (3,))}))
    for title, number in {
        "nan": struct.pack("<I", 0x7FC00000), "infinity": struct.pack("<f", float("inf"))}.items():
        data = DATA | {"1": DATA["1"][:8] + number}
        yield f"lie-{title}.pth", zipped(dictionary(), data=data)
        yield f"lie-{title}-legacy.pth", legacy(dictionary(True), data=data)
    double = {bias: tensor("1", (3,), kind="DoubleStorage")}
    yield "lie-double-too-large.pth", zipped(
        dictionary(changed=double), data=DATA | {"1": struct.pack("<3d", 1, 1e300, 1)})
    for title, root in {
        "list": b"].", "number": b"K\x01.", "nothing": b"N.", "text": text("weights") + b".",
        "empty": b"}.", "tensor": tensor("1", (3,)) + b".", "counters": b"}" + text("step") + tensor(
            "1", (3,), kind="IntStorage") + b"s.", "global": name("collections", "OrderedDict") + b".",
        "two-values": b"NN.", "no-stop": b"}", "no-value": b".", "protocol-9": b"\x80\x09}.",
    }.items():
        yield f"lie-root-{title}.pth", zipped(b"\x80\x02" + root)
        old = b"\x80\x02" + (tensor("1", (3,), legacy=True) + b"." if title == "tensor" else root)
        yield f"lie-root-{title}-legacy.pth", legacy(old)
    twice = text("body.0.bias") + tensor("1", (3,))
    yield "lie-name-twice.pth", zipped(dictionary(extra=twice))
    yield "lie-foreign-name.pth", zipped(dictionary(extra=text("head.0.weight") + tensor("1", (3,))))
    yield "lie-name-of-bytes.pth", zipped(dictionary(extra=b"C\x01a" + tensor("1", (3,)) + text(
        "\u202ebody.9.weight") + tensor("1", (3,))))
    view = call(REBUILD, tuple_of(
        text("storage"), name("torch", "FloatStorage"), text("1"), text("cpu"), integer(3),
        tuple_of(text("v"), integer(2), integer(2))) + b"Q", integer(0), numbers([2]), numbers([1]),
        FALSE, ORDERED)
    yield "lie-view-beyond-legacy.pth", legacy(dictionary(True, changed={bias: view}))
    good = dictionary(True)
    yield "lie-legacy-magic.pth", legacy(good, magic=MAGIC.replace(b"\x6c", b"\x6d"))
    yield "lie-legacy-version.pth", legacy(good, version=b"\x80\x02M\xea\x03.")
    yield "lie-legacy-system.pth", legacy(good, system=b"\x80\x02].")
    yield "lie-legacy-keys-number.pth", MAGIC + VERSION + SYSTEM + good + b"\x80\x02K\x05."
    yield "lie-legacy-key-unknown.pth", legacy(good, keys=[*DATA, "7"])
    yield "lie-legacy-key-twice.pth", legacy(good, keys=["0", "0", "1", "2", "3", "4"])
    yield "lie-legacy-key-missing.pth", legacy(good, keys=["0", "1", "2", "3"])
    yield "lie-legacy-count-larger.pth", legacy(good, counts={"0": 82})
    yield "lie-legacy-count-negative.pth", legacy(good, counts={"0": -81})
    yield "lie-legacy-count-huge.pth", legacy(good, counts={"0": 1 << 60})


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


def files():
    seen = set()
    for make in [executions, bombs, lies, tricks, cuts]:
        for title, content in make():
            assert title not in seen, title
            seen.add(title)
            yield title, content


# ---- Verdicts

# What PyTorch loads and `upscale` refuses, and why it does.
REASONS = [
    ("bomb-", "costs time or memory and no weights need it"),
    ("lie-root-", "holds no weights"),
    ("lie-nan", "would make black pictures"),
    ("lie-infinity", "would make black pictures"),
    ("lie-double-too-large", "is no number in float32"),
    ("zip-crc", "its checksum says that it is damaged"),
    ("zip-method", "compressed entries are bombs"),
    ("zip-", "means different things to different readers"),
    ("run-route-", "instructions that no weights need, although these do nothing"),
    ("run-reduce-", "names that no weights need, although these do nothing"),
    ("lie-", "the tensors are no network that is known, or damaged"),
    ("json-", "no such network"),
    ("cut-legacy", "the last storage is cut, which PyTorch does not see where nothing reads it"),
]


def ask_torch(folder):
    """In a process of its own: prints the verdict on each file."""
    import resource
    import signal
    import warnings

    import torch
    from safetensors.torch import load_file

    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    sys.setrecursionlimit(1000)

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    done = set(sys.stdin.read().split("\n"))
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.name in done:
            continue
        print(path.name, end="\t", flush=True)
        signal.alarm(20)
        try:
            load = load_file if path.suffix == ".safetensors" else (
                lambda p: torch.load(p, map_location="cpu", weights_only=True))
            load(path)
            print("loads", flush=True)
        except BaseException as error:
            print("refuses", type(error).__name__, flush=True)
        finally:
            signal.alarm(0)


def torch_verdicts(folder, work):
    verdicts, output = {}, ""
    for _ in range(20):
        done = subprocess.run(
            [sys.executable, __file__, "--ask-torch", str(folder)], input=output, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=work)
        for line in done.stdout.splitlines():
            title, _, verdict = line.partition("\t")
            verdicts[title] = verdict or "crashes"
        output = "\n".join(verdicts)
        if done.returncode == 0:
            break
    return verdicts


def ask(upscale, path, work):
    """(exit code, standard error, seconds, MB) of `upscale model info`."""
    start = time.monotonic()
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        os.chdir(work)
        os.dup2(write, 2)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.close(read)
        os.execv(upscale, [upscale, "model", "info", str(path)])
    os.close(write)
    said = b""
    while part := os.read(read, 65536):
        said += part
    os.close(read)
    _, status, usage = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), said.decode(), time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--upscale", default=str(root / ".build/release/upscale"))
    parser.add_argument("--ask-torch", help=argparse.SUPPRESS)
    parser.add_argument("--without-torch", action="store_true", help="ask upscale alone")
    parser.add_argument("--verbose", action="store_true", help="print every sentence")
    arguments = parser.parse_args()
    if arguments.ask_torch:
        return ask_torch(arguments.ask_torch)
    upscale = os.path.abspath(arguments.upscale)
    failures, slowest, largest, count = [], ("", 0.0), ("", 0.0), 0
    with tempfile.TemporaryDirectory() as top:
        folder, work = pathlib.Path(top, "files"), pathlib.Path(top, "work")
        folder.mkdir()
        work.mkdir()
        (work / "victim").touch()
        for title, good in [("good.pth", zipped(dictionary())), ("good-legacy.pth", legacy(dictionary(True)))]:
            pathlib.Path(top, title).write_bytes(good)
            code, said, _, _ = ask(upscale, pathlib.Path(top, title), work)
            if code:
                failures.append(f"{title} should load: {said}")
        verdicts = {}
        for title, content in files():
            path = folder / title
            path.write_bytes(content)
            code, said, seconds, megabytes = ask(upscale, path, work)
            count += 1
            slowest, largest = max(slowest, (title, seconds), key=lambda v: v[1]), max(
                largest, (title, megabytes), key=lambda v: v[1])
            if arguments.verbose:
                print(f"{title}: {said.strip()[len(str(folder)) + 10 :]}")
            flaws = [] if code == 78 else [f"exit code {code}"]
            flaws += [] if said.count("\n") == 1 and title in said else [f"says {said!r}"]
            flaws += [] if seconds < 2 and megabytes < 256 else [f"{seconds:.1f} s, {megabytes:.0f} MB"]
            flaws += [] if os.listdir(work) == ["victim"] else [f"leaves {os.listdir(work)}"]
            if flaws:
                failures.append(f"{title}: {'; '.join(flaws)}")
        verdicts = {} if arguments.without_torch else torch_verdicts(folder, work)
        if os.listdir(work) != ["victim"]:
            print(f"PyTorch left {os.listdir(work)}")
    print(f"{count} files; slowest {slowest[0]} {slowest[1]:.2f} s; largest {largest[0]} {largest[1]:.0f} MB")
    loaded = [title for title, verdict in verdicts.items() if not verdict.startswith("refuses")]
    print(f"PyTorch and safetensors refuse {len(verdicts) - len(loaded)}, and load {len(loaded)}:")
    groups = collections.defaultdict(list)
    for title in loaded:
        reason = next((r for start, r in REASONS if title.startswith(start)), "UNEXPLAINED")
        groups[reason].append(title + (" (it crashes)" if verdicts[title] == "crashes" else ""))
    for reason, titles in groups.items():
        print(f"- refused here because it {reason}: {', '.join(titles)}")
    print("\n".join(["", *failures, f"{len(failures)} failures"]))
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
