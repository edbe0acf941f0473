"""Files that would run something, cost too much, or say what is not so."""

import struct
import zlib

from hostile_parts import (
    DATA, FALSE, MAGIC, NONE, ORDERED, REBUILD, SYSTEM, VERSION, archive, call, dictionary,
    entry, integer, legacy, name, numbers, stack_name, storage, tensor, text, tuple_of, zipped,
)


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
