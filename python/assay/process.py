"""Judging by a child process, `assay verify`, that is kept open.

The child answers in order, one line for each line, so the next line it writes answers the oldest item it has; a
number sent as the item's id proves it. Callers in several threads share the pipe: one of them writes at a time,
and a thread of ours reads. Items go in groups, since waking a thread costs more than a verdict. What a child left
unanswered when it ended goes to another child, once.
"""
import collections
import io
import json
import os
import subprocess
import tempfile
import threading
import time
import weakref

from assay import forks
from assay import program as program_module
from assay.answers import as_json, check_answer
from assay.errors import JudgeError, TimedOut

MOST_ITEMS = 512       # sent and not answered
MOST_BYTES = 64 << 20  # of these, together; a longer item goes alone
GROUP_ITEMS = 32       # sent at once
GROUP_BYTES = 1 << 20
GROUP_SECONDS = 0.005  # that items may be waited for
_inherited = []        # children of a parent process: their pipes are left alone


class _Room:
    """How much is under way, and the wait for it to become less."""

    def __init__(self):
        self._changed = threading.Condition()
        self._items = self._bytes = 0

    def _fits(self, items, size):
        return self._items == 0 or (self._items + items <= MOST_ITEMS and self._bytes + size <= MOST_BYTES)

    def is_free(self):
        with self._changed:
            return self._fits(GROUP_ITEMS, GROUP_BYTES)

    def take(self, items, size, seconds):
        """False where the time is over before there is room."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._fits(items, size), seconds):
                return False
            self._items += items
            self._bytes += size
            return True

    def give(self, items, size):
        with self._changed:
            self._items -= items
            self._bytes -= size
            self._changed.notify_all()


class _Group:
    """Items under way, numbered from `first`; all `answers` or a `failure` are there before `done` is set."""

    def __init__(self, first, lines, room):
        self.first, self.lines, self.room = first, lines, room
        self.count, self.size = len(lines), sum(map(len, lines))
        self.tries = 0
        self.abandoned = False  # nobody waits for it
        self.answers, self.failure = [], None
        self.done = threading.Event()

    def settle(self, failure=None):
        self.failure, self.lines = failure, None
        self.room.give(self.count, self.size)
        self.done.set()


class _Child:
    """One process; `waiting` holds the groups it was sent and has not answered, oldest first."""

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

    def send(self, data):
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self.process.stdin.write(rest):]
        except (OSError, ValueError):
            pass  # it ended: whoever reads sees that too, and sends it to another

    def read(self):
        """Settles what is answered, until the process ends or answers something else than it was asked."""
        with io.BufferedReader(self.process.stdout, 1 << 16) as output:
            for line in output:
                try:
                    answer, group = json.loads(line), self.waiting[0]
                    if answer["id"] != group.first + len(group.answers):
                        return "the judge gave an answer out of order"
                    check_answer(answer)
                except (ValueError, TypeError, KeyError, IndexError):
                    return "the judge gave no verdict: " + line[:200].decode("utf-8", "replace").strip()
                self.last_answer = time.monotonic()
                group.answers.append(answer)
                if len(group.answers) == group.count:
                    self.waiting.popleft().settle()
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
    for group in child.waiting:
        if judge and group.tries < 2 and not group.abandoned:
            judge.send(group)
        else:
            group.settle(JudgeError(why))


class ProcessJudge:
    def __init__(self, program, threads, data):
        self._program = program
        self._flags = ["--threads", str(threads)]
        for folder in data:
            self._flags += ["--data", str(folder)]
        self._child = None
        self._number = 1
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
                    yield from self._answers(sent[0], deadline)
                    sent.popleft()
                    continue
                texts = _take(items)
                if texts:
                    sent.append(self._submit(texts, deadline))
                else:
                    more = False
        finally:
            for group in sent:
                group.abandoned = True

    def _submit(self, texts, deadline):
        with self.lock:
            first = self._number
            self._number += len(texts)
        # An id of ours before the item's own keys.
        lines = [b'{"id":%d%s' % (first + i, text) for i, text in enumerate(texts)]
        group = _Group(first, lines, self._room)
        if not self._room.take(group.count, group.size, _left(deadline)):
            raise TimedOut("no verdict in the time given")
        self.send(group)
        return group

    def send(self, group):
        with self.lock:
            if self._child is None or self._child.ended:
                try:
                    self._child = _Child([program_module.find(self._program), "verify", "-", *self._flags])
                except JudgeError as failure:
                    group.settle(failure)
                    return
                threading.Thread(target=_serve, args=(self._child, weakref.ref(self)), daemon=True).start()
            group.tries += 1
            data = b"".join(group.lines[len(group.answers):])  # before anybody else can settle it
            self._child.waiting.append(group)
            self._child.send(data)

    def _answers(self, group, deadline):
        left = _left(deadline)
        if not group.done.wait(left):
            # A child that answered nobody for as long as a caller waited is not trusted any more.
            child = self._child
            if child is not None and left and time.monotonic() - child.last_answer >= left:
                child.process.kill()
            raise TimedOut("no verdict in the time given")
        if group.failure is not None:
            raise group.failure
        return group.answers

    def close(self):
        child, self._child = self._child, None
        if child is not None:
            child.process.kill()

    def __del__(self):
        self.close()


def _take(items):
    """The next items as text after their id, as many as go together; none at the end."""
    texts, size, start = [], 0, time.monotonic()
    for item in items:
        line = (b"," if item else b"") + as_json(item)[1:] + b"\n"
        texts.append(line)
        size += len(line)
        if len(texts) == GROUP_ITEMS or size >= GROUP_BYTES or time.monotonic() - start > GROUP_SECONDS:
            break
    return texts


def _left(deadline):
    return None if deadline is None else max(0.0, deadline - time.monotonic())
