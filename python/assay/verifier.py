"""Items in, verdicts out, whoever judges."""
import collections
import json
import os
import threading
import time
from typing import Any, Iterable, Iterator, List, NamedTuple, Optional

from assay.errors import AssayError
from assay.process import ProcessJudge
from assay.server import ServerJudge


class Verdict(NamedTuple):
    """What was said of one response.

    `outcome` is "correct", "wrong", "no_answer", "limit" or "error"; `reward` is None for "error", else from 0 to 1.
    """
    id: Any
    outcome: str
    reward: Optional[float]
    answer: str
    reason: str


class Verifier:
    """Judges items. Thread-safe; usable after a fork; can be pickled (the copy starts a judge of its own).

    url, token   a server's address and token; default ASSAY_URL and ASSAY_TOKEN; "" means no server
    program      the `assay` program; default ASSAY_BIN, else "assay" on the PATH
    threads      items that the child process judges at once; 0: one per core
    data         folders with the data files of suites, for the child process
    connections  requests to the server at once
    timeout      seconds that a call may take, unless it names others; None: no limit
    """

    def __init__(self, *, url: Optional[str] = None, token: Optional[str] = None, program: Optional[str] = None,
                 threads: int = 0, data: Iterable[str] = (), connections: int = 4,
                 timeout: Optional[float] = None):
        self._settings = dict(url=url, token=token, program=program, threads=threads, data=tuple(data),
                              connections=connections, timeout=timeout)
        self._timeout = timeout
        url = os.environ.get("ASSAY_URL", "") if url is None else url
        if url:
            token = os.environ.get("ASSAY_TOKEN", "") if token is None else token
            self._judge = ServerJudge(url, token, connections)
        else:
            self._judge = ProcessJudge(program, threads, data)

    def verify(self, items: Iterable[dict], *, timeout: Optional[float] = None) -> List[Verdict]:
        """The verdicts of `items`, in their order. Raises AssayError where one cannot be had at all."""
        return list(self.stream(items, timeout=timeout))

    def stream(self, items: Iterable[dict], *, timeout: Optional[float] = None) -> Iterator[Verdict]:
        """The same one by one, as they come; takes from `items` no faster than they are judged."""
        seconds = self._timeout if timeout is None else timeout
        deadline = None if seconds is None else time.monotonic() + seconds
        ids = collections.deque()

        def lines():
            for item in items:
                sent = encode(item)
                ids.append(item.get("id"))
                yield sent

        for answer in self._judge.judge(lines(), deadline):
            yield Verdict(ids.popleft(), answer["outcome"], answer["reward"], answer.get("answer", ""),
                          answer["reason"])

    def check(self, response: str, reference: Optional[str] = None, verifier: Any = "math", *,
              problem: Optional[str] = None, timeout: Optional[float] = None) -> Verdict:
        """The verdict of one response."""
        item = {"response": response}
        if problem is not None:
            item["problem"] = problem
        else:
            item.update(reference=reference, verifier=verifier)
        return self.verify([item], timeout=timeout)[0]

    def close(self) -> None:
        """Ends the judge; a later call starts another."""
        self._judge.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __reduce__(self):
        return (_rebuilt, (self._settings,))


def _rebuilt(settings):
    return Verifier(**settings)


def encode(item: dict) -> dict:
    """The item as the judge takes it, without its id; a verifier may be a kind's name."""
    if not isinstance(item, dict):
        raise TypeError(f"an item is a dict, not {type(item).__name__}")
    sent = {key: value for key, value in item.items() if key != "id" and value is not None}
    if isinstance(sent.get("verifier"), str):
        text = sent["verifier"]
        sent["verifier"] = json.loads(text) if text.lstrip().startswith("{") else {"kind": text}
    return sent


_default = None
_default_lock = threading.Lock()


def default_verifier() -> Verifier:
    """The one that `verify` and the rewards use unless they are given another."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Verifier()
        return _default


def verify(items: Iterable[dict], *, timeout: Optional[float] = None) -> List[Verdict]:
    """The verdicts of `items`, in their order, by the default verifier."""
    return default_verifier().verify(items, timeout=timeout)


__all__ = ["AssayError", "Verdict", "Verifier", "default_verifier", "verify"]
