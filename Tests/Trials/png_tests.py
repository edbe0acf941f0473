"""Tests of png.py: python3 -m unittest png_tests"""

import pathlib
import tempfile
import unittest
import zlib

import png


class Tests(unittest.TestCase):
    def test_encode(self):
        samples = bytes(range(2 * 3 * 3))
        found = dict(png.chunks(png.encode(2, 3, samples)))
        self.assertEqual(list(found), [b"IHDR", b"IDAT", b"IEND"])
        self.assertEqual(found[b"IHDR"], b"\0\0\0\2\0\0\0\3\x08\x02\0\0\0")
        self.assertEqual(zlib.decompress(found[b"IDAT"]),
                         b"\0" + samples[:6] + b"\0" + samples[6:12] + b"\0" + samples[12:])

    def test_sixteen_bits_of_gray(self):
        found = dict(png.chunks(png.encode(1, 2, b"\1\2\3\4", 16, png.GRAY)))
        self.assertEqual(zlib.decompress(found[b"IDAT"]), b"\0\1\2\0\3\4")

    def test_text(self):
        plain = png.encode(1, 1, b"abc")
        named = png.with_text(plain, "Comment", "7")
        self.assertEqual([name for name, _ in png.chunks(named)],
                         [b"IHDR", b"tEXt", b"IDAT", b"IEND"])
        self.assertEqual(dict(png.chunks(named))[b"tEXt"], b"Comment\0" + b"7")

    def test_waves(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "waves.png"
            for interlaced in (False, True):
                png.write_waves(path, 21, 13, interlaced)
                found = list(png.chunks(path.read_bytes()))
                data = zlib.decompress(b"".join(d for name, d in found if name == b"IDAT"))
                passes = png.ADAM7 if interlaced else png.WHOLE
                size = sum(
                    len(range(top, 13, down)) * (1 + 3 * len(range(left, 21, across)))
                    for left, top, across, down in passes)
                self.assertEqual(len(data), size)

    def test_damage_is_noticed(self):
        whole = png.encode(4, 4, bytes(48))
        for broken in (b"", whole[1:], whole[:-1], whole[:40] + b"!" + whole[41:]):
            with self.assertRaises((ValueError, png.struct.error)):
                list(png.chunks(broken))
        bad = png.SIGNATURE + png.chunk(b"IDAT", b"x", checksum=1)
        with self.assertRaises(ValueError):
            list(png.chunks(bad))


if __name__ == "__main__":
    unittest.main()
