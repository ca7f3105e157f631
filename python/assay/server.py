"""Judging by a server, `assay serve`.

Items go in requests of bounded size, several at once; answers are yielded in the order of the items. A request is
a question without effects, so it is sent again where the connection broke or the server is overloaded or stopping
(502, 503, 504), for a while. Any other refusal is the caller's to see.
"""
import collections
import concurrent.futures
import http.client
import json
import random
import threading
import time
import urllib.parse

from assay import forks
from assay.answers import as_json, check_answer
from assay.errors import ServerError, TimedOut

MOST_ITEMS = 64        # of one request
MOST_BYTES = 4 << 20   # of one request; a longer item goes alone
RETRY_FOR = 60.0       # seconds without one good answer to a request
SILENCE = 600.0        # seconds that a server may take for one request


class ServerJudge:
    def __init__(self, url, token, connections):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url: expected http://HOST:PORT, got {url!r}")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._place = (parts.hostname, parts.port)
        self._path = parts.path.rstrip("/") + "/v1/verify"
        self._headers = {"Content-Type": "application/x-ndjson"}
        if token:
            self._headers["Authorization"] = "Bearer " + token
        self._connections = max(1, connections)
        self._idle = []  # connections that nobody uses
        self.forked()
        forks.remember(self)

    def forked(self):
        for connection in self._idle:
            connection.close()  # our copy of it alone
        self._idle = []
        self._pool = None
        self._lock = threading.Lock()  # of _pool and _idle

    def judge(self, items, deadline):
        """Yields the answers to `items`, in order."""
        waiting = collections.deque()
        try:
            for batch in _batches(items):
                waiting.append(self._submit(batch, deadline))
                while waiting and (waiting[0].done() or len(waiting) >= 2 * self._connections):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _submit(self, batch, deadline):
        with self._lock:
            if self._pool is None:
                self._pool = concurrent.futures.ThreadPoolExecutor(self._connections, "assay")
            return self._pool.submit(self._ask, batch, deadline)

    def _ask(self, batch, deadline):
        body = b"".join(batch)
        give_up = time.monotonic() + RETRY_FOR
        pause = 0.1
        while True:
            try:
                status, reply, retry_after = self._exchange(body, deadline)
                if status == 200:
                    return _answers(reply, len(batch))
                failure = ServerError(f"the server refused with status {status}: {_reason(reply)}", status)
                if status not in (502, 503, 504):
                    raise failure
                pause = max(pause, retry_after)
            except (OSError, http.client.HTTPException) as broken:
                failure = ServerError(f"the server at {self._place[0]}: {broken or type(broken).__name__}")
            pause_now = pause * random.uniform(0.5, 1.0)
            now = time.monotonic()
            if deadline is not None and now + pause_now >= deadline:
                raise TimedOut(f"no verdict in the time given; last: {failure}")
            if now + pause_now >= give_up:
                raise failure
            time.sleep(pause_now)
            pause = min(5.0, 2 * pause)

    def _exchange(self, body, deadline):
        seconds = SILENCE if deadline is None else min(SILENCE, deadline - time.monotonic())
        if seconds <= 0:
            raise TimedOut("no verdict in the time given")
        with self._lock:
            idle = self._idle
            connection = idle.pop() if idle else self._kind(*self._place)
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        try:
            connection.request("POST", self._path, body, self._headers)
            reply = connection.getresponse()
            answer = reply.status, reply.read(), _seconds(reply.getheader("Retry-After"))
        except BaseException:
            connection.close()  # what is left on it would answer the next question
            raise
        with self._lock:
            if idle is self._idle:
                idle.append(connection)
            else:  # closed meanwhile
                connection.close()
        return answer

    def close(self):
        with self._lock:
            pool, self._pool = self._pool, None
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        if pool is not None:
            pool.shutdown(wait=False)

    def __del__(self):
        for connection in getattr(self, "_idle", ()):
            connection.close()


def _batches(items):
    """Lists of lines, each with its place as the item's id."""
    batch, size = [], 0
    for item in items:
        line = _line(len(batch), item)
        if batch and (len(batch) == MOST_ITEMS or size + len(line) > MOST_BYTES):
            yield batch
            batch, size = [], 0
            line = _line(0, item)
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _line(number, item):
    return as_json({"id": number, **item}) + b"\n"


def _answers(reply, count):
    try:
        answers = [json.loads(line) for line in reply.splitlines()]
        if [answer["id"] for answer in answers] == list(range(count)):
            for answer in answers:
                check_answer(answer)
            return answers
    except (ValueError, TypeError, KeyError):
        pass
    raise ServerError("the server did not answer what it was asked: is it an `assay serve`?")


def _reason(reply):
    try:
        return json.loads(reply)["error"]
    except (ValueError, TypeError, KeyError):
        return reply[:200].decode("utf-8", "replace")


def _seconds(text):
    return float(text) if text and text.isdigit() else 0.0
