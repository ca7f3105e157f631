# The trusted side: holds the tests, calls candidates by their sockets, answers with a verdict. No
# candidate's code ever runs here: what comes from one is decoded into exact plain values, and its
# exceptions into built-in ones. Preloaded into every interpreter (reading it costs more than a run);
# holds no test.
import builtins
import json
import os
import struct
import sys
import types

from assay_codec import BadFrame, NONCE_BYTES, NotPlain, decode, encode, read_frame, write_frame
from assay_testing import NeedsObjects, Record, Tests, as_bytes, shown, shown_call

FIRST_CHANNEL = 16


class Channel(Record):
    """One candidate: every call is one frame there and one frame back."""

    def __init__(self, fd):
        super().__init__()
        self.fd = fd
        self.nonce = os.urandom(NONCE_BYTES)
        self.counter = 0
        self.sent = self.received = None  # frame bodies of the latest call
        self.raised = ""

    def last(self):
        if self.sent is None:
            return "", ""
        call = shown_call(*decode(self.sent))
        return call, self.raised if self.received is None else shown(decode(self.received), quoted=True)

    def exchange(self, kind, body):
        """The kind and body of the candidate's reply to this frame."""
        if self.gone:
            self.lost(self.gone)
        self.counter += 1
        try:
            write_frame(self.fd, self.nonce, self.counter, kind, body)
            nonce, counter, kind, reply = read_frame(self.fd)
        except (EOFError, OSError):
            self.lost("the program ended")
        except BadFrame as error:
            self.lost("the reply is malformed: %s" % error)
        if nonce != self.nonce or counter != self.counter:
            self.lost("the reply does not belong to the call")
        return kind, reply

    def value(self, reply):
        try:
            return decode(reply, from_candidate=True)
        except BadFrame as error:
            self.lost("the reply is malformed: %s" % error)

    def hello(self):
        kind, reply = self.exchange(b"H", b"")
        if kind == b"L":
            self.lost(shown(reply.decode("utf-8", "replace")))
        if kind != b"R" or self.value(reply) is not None:
            self.lost("the reply is malformed")

    def call(self, name, args, kwargs):
        try:
            body = encode((name, list(args), kwargs))
        except NotPlain as error:
            raise NeedsObjects("a test passes a value of type %s" % error) from None
        self.calls += 1
        self.sent, self.received, self.raised = body, None, ""
        kind, reply = self.exchange(b"C", body)
        if kind == b"R":
            value = self.value(reply)
            self.received = reply
            return value
        if kind == b"N":
            self.lost("it returned a %s, which is no plain data" % shown(reply.decode("utf-8", "replace")))
        if kind == b"E":
            self.raise_as_builtin(self.value(reply))
        self.lost("the reply is malformed")

    def raise_as_builtin(self, what):
        if type(what) is not tuple or len(what) != 2 or type(what[0]) is not str or type(what[1]) is not str:
            self.lost("the reply is malformed")
        self.raised = shown("%s: %s" % what)
        kind = vars(builtins).get(what[0])
        # One that ends an iteration would cut short a test that maps the function over its cases.
        if what[0] in ("StopIteration", "StopAsyncIteration"):
            kind = None
        if isinstance(kind, type) and issubclass(kind, Exception):
            try:
                raised = kind(what[1])
            except Exception:
                raised = RuntimeError("%s: %s" % what)
        else:
            raised = RuntimeError("%s: %s" % what)
        raise raised


def proxy(channel, name):
    def candidate(*args, **kwargs):
        return channel.call(name, args, kwargs)

    candidate.__name__ = name
    return candidate


def make_space_for(channel):
    def make_space(tests):
        space = {"__name__": "tests"}
        try:
            for code in tests.context:
                exec(code, space)
        except NameError as error:
            raise NeedsObjects("the tests' setup uses the program: %s" % error) from None
        for name in tests.functions(space):
            space[name] = proxy(channel, name)
        if tests.entry_point:
            space["candidate"] = space[tests.entry_point]
        return space

    return make_space


def judge(tests, fd):
    channel = Channel(fd)
    result = tests.run(channel, lambda t: (channel.hello(), make_space_for(channel)(t))[1])
    os.close(fd)
    return result


def serve(data):
    broken = None
    try:
        tests = Tests(json.loads(data))
    except Exception as error:
        broken = "the tests do not compile: %s" % error
    while True:
        line = os.read(0, 64)  # one number at a time: the next is sent when this one is answered
        if not line:
            return
        fd = FIRST_CHANNEL + int(line)
        result = {"outcome": "error", "reason": broken} if broken else judge(tests, fd)
        body = as_bytes(result)
        data = memoryview(struct.pack("<I", len(body)) + body)
        while data:
            data = data[os.write(3, data):]


class Rehearsed(Channel):
    """A candidate that is not there and is right."""

    def __init__(self):
        Record.__init__(self)

    def hello(self):
        pass

    def exchange(self, kind, body):
        return b"R", encode(decode(body)[1][0])


def rehearse():
    """What every judge does, done once by a process that waits for its tests: the memory that it writes
    to is its own then."""
    spec = {"prompt": "from typing import List\n\ndef f(a: List[int]) -> List[int]:\n    \"\"\" Texts. \"\"\"\n",
            "test": "METADATA = {'author': ''}\n\ndef check(candidate):\n    assert candidate([1, 2.5]) == [1, 2.5]\n"
                    "    assert candidate('a') == 'a', 'words'\n    assert candidate(({},)) == ({},)\n",
            "tests": [], "entry_point": "f", "partial": False}
    channel = Rehearsed()
    result = Tests(json.loads(json.dumps(spec))).run(channel, make_space_for(channel))
    if result["outcome"] != "pass":
        raise AssertionError(result)


_module = types.ModuleType("assay_judge")
_module.serve = serve
_module.rehearse = rehearse
sys.modules["assay_judge"] = _module
