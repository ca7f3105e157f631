# Plain values as bytes, both ways: the only thing that passes between judge and candidate.
#
# JSON with tags. What the decoder builds is None, bool, int, float, complex, str, bytes, list, tuple,
# set, frozenset or dict, each exactly that type; everything else is an error. A frame is its length
# (u32, little-endian), the judge's nonce, a call counter, a kind and a body. Preloaded into every
# interpreter; holds nothing a candidate may not see.
import json
import math
import os
import re
import struct
import sys
import types

MAX_FRAME = 16 * 1024 * 1024
MAX_DEPTH = 200
# Of brackets in a reply: what was decoded can be encoded again with something around it, so that no
# reply makes a test's next call impossible.
MAX_REPLY_DEPTH = 160
NONCE_BYTES = 16
HEADER = struct.Struct("<I16sIc")


class NotPlain(Exception):
    """The value is no plain data; the argument names its type."""


class BadFrame(Exception):
    """The bytes are no frame, no value, or not the ones waited for."""


def _bare(x, t, depth, strict):
    """`x` of a type derived from a plain one, as the plain one (candidate's side only)."""
    if not strict:
        if issubclass(t, int):
            return _tag(int.__add__(x, 0), depth, strict)
        if issubclass(t, float):
            return _tag(float.__float__(x) if type(x) is float else float.__add__(x, 0.0), depth, strict)
        if issubclass(t, str):
            return _tag(str.__str__(x), depth, strict)
        if issubclass(t, dict):
            return _tag({k: v for k, v in dict.items(x)}, depth, strict)
        for base in (list, tuple, set, frozenset):
            if issubclass(t, base):
                return _tag(base(base.__iter__(x)), depth, strict)
        if t is bytearray:
            return _tag(bytes(x), depth, strict)
    raise NotPlain(t.__name__)


def _tag(x, depth, strict):
    t = type(x)
    if x is None or t is bool or t is str:
        return x
    if t is int:
        return x if -(1 << 62) < x < (1 << 62) else {"i": hex(x)}
    if t is float:
        return x if math.isfinite(x) else {"f": repr(x)}
    if depth == 0:
        raise NotPlain("nesting")
    depth -= 1
    if t is list:
        return [_tag(v, depth, strict) for v in x]
    if t is tuple:
        return {"t": [_tag(v, depth, strict) for v in x]}
    if t is dict:
        return {"d": [[_tag(k, depth, strict), _tag(v, depth, strict)] for k, v in x.items()]}
    if t is set:
        return {"s": [_tag(v, depth, strict) for v in x]}
    if t is frozenset:
        return {"z": [_tag(v, depth, strict) for v in x]}
    if t is bytes:
        return {"b": x.hex()}
    if t is complex:
        return {"c": [_tag(x.real, depth, strict), _tag(x.imag, depth, strict)]}
    return _bare(x, t, depth, strict)


def encode(value, strict=True):
    """Bytes of `value`. `strict`: types derived from plain ones are refused (NotPlain) too."""
    return json.dumps(_tag(value, MAX_DEPTH, strict), separators=(",", ":")).encode()


def _collide(keys):
    """Whether so many keys share hashes that a table of them would take ages to build."""
    return len(keys) > 1000 and len(keys) - len(set(map(hash, keys))) > 1000


def _pair(item):
    if type(item) is not list or len(item) != 2:
        raise BadFrame("dict item")
    return item


_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def _untag(pairs):
    if len(pairs) != 1:
        raise BadFrame("object without one tag")
    tag, body = pairs[0]
    if type(body) is str:
        if tag == "i":
            return int(body, 16)
        if tag == "f" and body in _FLOATS:
            return _FLOATS[body]
        if tag == "b":
            return bytes.fromhex(body)
    elif type(body) is list:
        if tag == "t":
            return tuple(body)
        if tag == "d":
            pairs = list(map(_pair, body))
            if not _collide([key for key, _ in pairs]):
                return dict(pairs)
        elif tag in ("s", "z") and not _collide(body):
            return set(body) if tag == "s" else frozenset(body)
        if tag == "c" and len(body) == 2 and type(body[0]) is float and type(body[1]) is float:
            return complex(body[0], body[1])
    raise BadFrame("a bad object")


def _no_constant(word):
    raise BadFrame(word)


_BRACKETS = re.compile(rb'[\[\]{}]|"(?:[^"\\]|\\.)*"')
_DECODER = json.JSONDecoder(object_pairs_hook=_untag, parse_constant=_no_constant)


def _too_deep(body):
    """Whether brackets nest deeper than MAX_REPLY_DEPTH. Cheap where there are few of them."""
    if body.count(b"[") + body.count(b"{") <= MAX_REPLY_DEPTH:
        return False
    depth = 0
    for token in _BRACKETS.finditer(body):
        first = token.group()[0]
        if first in b"[{":
            depth += 1
            if depth > MAX_REPLY_DEPTH:
                return True
        elif first in b"]}":
            depth -= 1
    return False


def decode(body, from_candidate=False):
    """The value in `body`; BadFrame for any other bytes."""
    if from_candidate and _too_deep(body):
        raise BadFrame("nesting")
    try:
        return _DECODER.decode(body.decode())
    except BadFrame:
        raise
    except Exception as error:
        raise BadFrame(type(error).__name__) from None


def _read(fd, count):
    parts = []
    while count:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(fd):
    """(nonce, counter, kind, body). EOFError at the end, BadFrame when it is too long."""
    size, nonce, counter, kind = HEADER.unpack(_read(fd, HEADER.size))
    if size > MAX_FRAME:
        raise BadFrame("a frame of %d bytes" % size)
    return nonce, counter, kind, _read(fd, size)


def write_frame(fd, nonce, counter, kind, body):
    data = memoryview(HEADER.pack(len(body), nonce, counter, kind) + body)
    while data:
        data = data[os.write(fd, data):]


_module = types.ModuleType("assay_codec")
for _name in ("NotPlain", "BadFrame", "MAX_FRAME", "NONCE_BYTES", "encode", "decode", "read_frame", "write_frame"):
    setattr(_module, _name, globals()[_name])
sys.modules["assay_codec"] = _module
