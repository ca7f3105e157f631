"""Judging by a child process, `assay verify`, that is kept open.

The child answers in order, one line for each line, so the next line it writes answers the oldest item it has; a
number sent as the item's id proves it. Callers in several threads share the pipe: one of them writes at a time,
and a thread of ours reads. Items that a child left unanswered when it ended go to another child, once.
"""
import collections
import io
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import weakref

from assay import forks
from assay.answers import check_answer
from assay.errors import JudgeError, TimedOut

MOST_ITEMS = 512       # sent and not answered
MOST_BYTES = 64 << 20  # of these, together; a longer item goes alone
_inherited = []        # children of a parent process: their pipes are left alone


class _Room:
    """How much is under way, and the wait for it to become less."""

    def __init__(self):
        self._changed = threading.Condition()
        self._items = self._bytes = 0

    def _fits(self, size):
        return self._items == 0 or (self._items < MOST_ITEMS and self._bytes + size <= MOST_BYTES)

    def is_free(self):
        with self._changed:
            return self._fits(0)

    def take(self, size, seconds):
        """False where the time is over before there is room."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._fits(size), seconds):
                return False
            self._items += 1
            self._bytes += size
            return True

    def give(self, size):
        with self._changed:
            self._items -= 1
            self._bytes -= size
            self._changed.notify_all()


class _Pending:
    """One item under way; `answer` or `failure` is set before `done` is."""

    def __init__(self, number, line, room):
        self.number, self.line, self.room, self.size = number, line, room, len(line)
        self.tries = 0
        self.abandoned = False  # nobody waits for it
        self.answer = self.failure = None
        self.done = threading.Event()

    def settle(self, answer=None, failure=None):
        self.answer, self.failure, self.line = answer, failure, None
        self.room.give(self.size)
        self.done.set()


class _Child:
    """One process; `waiting` holds what it was sent and has not answered, oldest first."""

    def __init__(self, command):
        self._errors = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=self._errors, bufsize=0)
        except OSError as failure:
            self._errors.close()
            raise JudgeError(f"{command[0]}: does not start: {failure}") from failure
        self.waiting = collections.deque()
        self.ended = False  # nothing is sent to it any more
        self.last_answer = time.monotonic()

    def send(self, line):
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self.process.stdin.write(rest):]
        except (OSError, ValueError):
            pass  # it ended: whoever reads sees that too, and sends the line to another

    def read(self):
        """Settles what is answered, until the process ends or answers something else than it was asked."""
        with io.BufferedReader(self.process.stdout, 1 << 16) as output:
            for line in output:
                try:
                    answer = json.loads(line)
                    if answer["id"] != self.waiting[0].number:
                        return "the judge gave an answer out of order"
                    check_answer(answer)
                except (ValueError, TypeError, KeyError, IndexError):
                    return "the judge gave no verdict: " + line[:200].decode("utf-8", "replace").strip()
                self.last_answer = time.monotonic()
                self.waiting.popleft().settle(answer)
        try:
            status = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return "the judge closed its output"
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 2000))
        text = self._errors.read().decode("utf-8", "replace").strip()
        return f"the judge ended with status {status}" + (f": {text}" if text else "")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self._errors.close()


def _serve(child, judge_of):
    """The reading thread. It holds no judge, so that one that is dropped goes, and its child with it."""
    why = child.read()
    child.process.kill()  # now, so that nobody is left writing to it, with the lock that is needed next
    judge = judge_of()
    with judge.lock if judge else threading.Lock():
        child.ended = True
    child.end()
    for pending in child.waiting:
        if judge and pending.tries < 2 and not pending.abandoned:
            judge.send(pending)
        else:
            pending.settle(failure=JudgeError(why))


class ProcessJudge:
    def __init__(self, program, threads, data):
        self._program = program
        self._flags = ["--threads", str(threads)]
        for folder in data:
            self._flags += ["--data", str(folder)]
        self._child = None
        self._numbers = itertools.count(1)
        self._begin()
        forks.remember(self)

    def _begin(self):
        self.lock = threading.Lock()  # of _child, of what it was sent, and of writing to it
        self._room = _Room()

    def forked(self):
        if self._child is not None:
            _inherited.append(self._child)
        self._child = None
        self._begin()

    def judge(self, items, deadline):
        """Yields the answers to `items`, in order."""
        items, more, sent = iter(items), True, collections.deque()
        try:
            while more or sent:
                if sent and (not more or sent[0].done.is_set() or not self._room.is_free()):
                    yield self._wait(sent[0], deadline)
                    sent.popleft()
                    continue
                for item in items:
                    sent.append(self._submit(item, deadline))
                    break
                else:
                    more = False
        finally:
            for pending in sent:
                pending.abandoned = True

    def _submit(self, item, deadline):
        number = next(self._numbers)
        text = json.dumps({"id": number, **item}, ensure_ascii=False, allow_nan=False)
        # A Python string may hold halves of characters, which UTF-8 cannot say.
        pending = _Pending(number, text.encode("utf-8", "replace") + b"\n", self._room)
        if not self._room.take(pending.size, _left(deadline)):
            raise TimedOut("no verdict in the time given")
        self.send(pending)
        return pending

    def send(self, pending):
        with self.lock:
            if self._child is None or self._child.ended:
                try:
                    self._child = _Child(self._command())
                except JudgeError as failure:
                    pending.settle(failure=failure)
                    return
                threading.Thread(target=_serve, args=(self._child, weakref.ref(self)), daemon=True).start()
            pending.tries += 1
            self._child.waiting.append(pending)
            self._child.send(pending.line)

    def _command(self):
        program = self._program or os.environ.get("ASSAY_BIN") or shutil.which("assay")
        if not program:
            raise JudgeError("the program assay is not on the PATH: set ASSAY_BIN to it, or ASSAY_URL to a server")
        return [program, "verify", "-", *self._flags]

    def _wait(self, pending, deadline):
        left = _left(deadline)
        if not pending.done.wait(left):
            # A child that answered nobody for as long as a caller waited is not trusted any more.
            child = self._child
            if child is not None and left and time.monotonic() - child.last_answer >= left:
                child.process.kill()
            raise TimedOut("no verdict in the time given")
        if pending.failure is not None:
            raise pending.failure
        return pending.answer

    def close(self):
        child, self._child = self._child, None
        if child is not None:
            child.process.kill()

    def __del__(self):
        self.close()


def _left(deadline):
    return None if deadline is None else max(0.0, deadline - time.monotonic())
