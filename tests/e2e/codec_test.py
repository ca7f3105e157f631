"""The codec between judge and candidate: plain values survive, any other bytes are refused."""
import importlib.util
import os
import random
import unittest

# How many damaged frames are decoded: more for a night, e.g. ASSAY_CODEC_ROUNDS=10000000.
ROUNDS = int(os.environ.get("ASSAY_CODEC_ROUNDS", "30000"))
ROOT = os.environ["ASSAY_SOURCE_DIR"]
PATH = os.path.join(ROOT, "verifiers", "code", "runtime", "codec.py")
spec = importlib.util.spec_from_file_location("codec", PATH)
codec = importlib.util.module_from_spec(spec)
spec.loader.exec_module(codec)

PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)


def random_value(draw, depth=4):
    leaf = [None, True, False, draw.randrange(-10**30, 10**30), draw.random() * 1e300, -0.0,
            float("inf"), complex(draw.random(), 1), "é\ud800\x00\"", b"\x00\xff", draw.randrange(9)]
    if depth == 0 or draw.random() < 0.4:
        return draw.choice(leaf)
    items = [random_value(draw, depth - 1) for _ in range(draw.randrange(4))]
    kind = draw.randrange(5)
    if kind == 0:
        return items
    if kind == 1:
        return tuple(items)
    hashable = [i for i in items if isinstance(i, (int, str, bytes, float)) or i is None]
    if kind == 2:
        return set(hashable)
    if kind == 3:
        return frozenset(hashable)
    return dict(zip(hashable, items))


def only_plain(value):
    if type(value) not in PLAIN:
        return False
    if type(value) in (list, tuple, set, frozenset):
        return all(only_plain(item) for item in value)
    if type(value) is dict:
        return all(only_plain(k) and only_plain(v) for k, v in value.items())
    return True


class Codec(unittest.TestCase):
    def test_values_survive_with_their_types(self):
        draw = random.Random(1)
        for _ in range(5000):
            value = random_value(draw)
            back = codec.decode(codec.encode(value))
            self.assertEqual(back, value)
            self.assertIs(type(back), type(value))

    def test_any_bytes_give_a_plain_value_or_bad_frame(self):
        draw = random.Random(ROUNDS)
        for round_number in range(ROUNDS):
            body = bytearray(codec.encode(random_value(draw)))
            for _ in range(draw.randrange(1, 4)):
                if round_number % 3 == 0:
                    body = bytearray(draw.randbytes(draw.randrange(40)))
                elif body:
                    body[draw.randrange(len(body))] = draw.choice(b'{}[]",:0123456789tdszicfbxNI\\\xff')
            try:
                value = codec.decode(bytes(body), from_candidate=True)
            except codec.BadFrame:
                continue
            self.assertTrue(only_plain(value), body)
            codec.encode(value)  # a test may hand it on

    def test_any_stream_gives_frames_or_an_end(self):
        draw = random.Random(ROUNDS + 1)
        for _ in range(ROUNDS // 30):
            read, write = os.pipe()
            stream = b"".join(codec.HEADER.pack(draw.choice((0, 3, 40, codec.MAX_FRAME + 1, 2**32 - 1)),
                                                draw.randbytes(16), draw.randrange(2**32), b"R")
                              + draw.randbytes(draw.choice((0, 3, 40))) for _ in range(3))
            os.write(write, stream)
            os.close(write)
            try:
                while True:
                    self.assertLessEqual(len(codec.read_frame(read)[3]), len(stream))
            except (EOFError, codec.BadFrame):
                os.close(read)

    def test_objects_are_refused(self):
        class Any(int):
            def __eq__(self, other):
                return True
            __hash__ = int.__hash__
        for value in (object(), Any(1), [Any(1)], {1: lambda: 0}, (x for x in ()), range(3), Any):
            with self.assertRaises(codec.NotPlain):
                codec.encode(value)
        self.assertIs(type(codec.decode(codec.encode(Any(1), strict=False))), int)


if __name__ == "__main__":
    unittest.main()
