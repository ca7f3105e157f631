"""assay.Verifier: every item gets its own verdict, in order, whoever judges and whatever happens to it."""
import contextlib
import gc
import http.server
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import assay
from assay import process as process_module
from served import ASSAY, Served, code, math, mixed


def numbered(count, offset=0):
    return [math(offset + i, "1", f"\\boxed{{{1 + i % 2}}}") for i in range(count)]


def rewards(count):
    return [1.0 - i % 2 for i in range(count)]


@contextlib.contextmanager
def program(text):
    """A judge written for a test, in Python."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "judge")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!{sys.executable}\nimport json, os, sys, time\nassert sys.argv[1:3] == ['verify', '-']\n{text}")
        os.chmod(path, 0o755)
        yield path


ANSWER = "print(json.dumps({'id': json.loads(line)['id'], 'outcome': 'wrong', 'reward': 0.0, 'answer': '', " \
         "'reason': str(os.getpid())}), flush=True)\n"


class Everywhere:
    """What holds for a child process and for a server."""

    def test_the_same_as_the_program_says(self):
        items = [json.loads(line) for line in mixed() if line[0] == "{" and "id\": 99" not in line]
        lines = "\n".join(map(json.dumps, items))
        said = subprocess.run([ASSAY, "verify"], input=lines, capture_output=True, text=True).stdout
        expected = [json.loads(line) for line in said.splitlines()]
        got = self.verifier.verify(items)
        self.assertEqual([v.id for v in got], [item.get("id") for item in items])
        for verdict, answer in zip(got, expected):
            self.assertEqual((verdict.outcome, verdict.reward, verdict.answer),
                             (answer["outcome"], answer["reward"], answer.get("answer", "")))
            self.assertEqual(verdict.reason.split(": ", 1)[-1], answer["reason"].split(": ", 1)[-1])
        self.assertIn(None, [v.reward for v in got])

    def test_many_items_in_order(self):
        got = self.verifier.verify(numbered(3000))
        self.assertEqual([v.id for v in got], list(range(3000)))
        self.assertEqual([v.reward for v in got], rewards(3000))

    def test_threads_share_it(self):
        wrong = []

        def ask(number):
            for _ in range(5):
                got = self.verifier.verify(numbered(60, number * 1000))
                if [v.id for v in got] != list(range(number * 1000, number * 1000 + 60)) or \
                        [v.reward for v in got] != rewards(60):
                    wrong.append(number)

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_one_response(self):
        self.assertEqual(self.verifier.check("so \\boxed{0.5}", "1/2").outcome, "correct")
        self.assertEqual(self.verifier.check("(B)", "B", "choice").reward, 1.0)
        self.assertEqual(self.verifier.check("0.51", "0.5", {"kind": "numeric", "rel": 0.1}).reward, 1.0)
        self.assertEqual(self.verifier.check("The answer is 12.", problem="starter/math-01").reward, 1.0)
        self.assertIsNone(self.verifier.check("1", "1", "nonsense").reward)

    def test_any_text(self):
        for text in ("\ud800 \\boxed{1}", "\x00\x01\\boxed{1}", "\u2028\n\r\\boxed{1}", "\U0001f600\\boxed{1}"):
            self.assertEqual(self.verifier.check(text, "1").outcome, "correct", ascii(text))
        with self.assertRaises(ValueError):
            self.verifier.verify([{"response": "1", "reference": float("nan")}])
        with self.assertRaises(TypeError):
            self.verifier.verify(["1"])
        self.assertEqual(self.verifier.verify([{}])[0].outcome, "error")
        self.assertEqual(self.verifier.verify([]), [])

    def test_a_stream_takes_what_it_can_use(self):
        taken = 0

        def endless():
            nonlocal taken
            while True:
                taken += 1
                yield math(taken, "1", "1")

        stream = self.verifier.stream(endless())
        for i in range(1, 1001):
            self.assertEqual(next(stream).id, i)
        self.assertLess(taken, 3000)
        stream.close()
        self.assertEqual(self.verifier.check("1", "1").reward, 1.0)

    def test_time_is_bounded(self):
        slow = [code(i, "while True: pass") for i in range(6)]
        for item in slow:
            item["verifier"]["cpu_ms"] = 1000
        start = time.monotonic()
        with self.assertRaises(assay.TimedOut):
            self.verifier.verify(slow, timeout=0.7)
        self.assertLess(time.monotonic() - start, 5)
        self.assertIsInstance(assay.TimedOut(), TimeoutError)
        self.assertEqual(self.verifier.check("1", "1", timeout=60).reward, 1.0)

    def test_a_forked_process_and_a_copy_judge_too(self):
        self.assertEqual(self.verifier.check("1", "1").reward, 1.0)
        pid = os.fork()
        if pid == 0:
            ok = [v.reward for v in self.verifier.verify(numbered(100))] == rewards(100)
            os._exit(0 if ok else 1)
        self.assertEqual([v.reward for v in self.verifier.verify(numbered(100))], rewards(100))
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        with pickle.loads(pickle.dumps(self.verifier)) as copy:
            self.assertEqual(copy.check("2", "2").reward, 1.0)


class ByProcess(Everywhere, unittest.TestCase):
    def setUp(self):
        self.verifier = assay.Verifier(url="", program=ASSAY)
        self.addCleanup(self.verifier.close)

    def test_a_child_that_was_killed_is_replaced(self):
        stop = threading.Event()

        def kill():
            while not stop.wait(0.3):
                child = self.verifier._judge._child
                if child is not None:
                    child.process.kill()

        self.assertEqual(self.verifier.check("1", "1").reward, 1.0)
        self.verifier._judge._child.process.kill()
        self.assertEqual([v.reward for v in self.verifier.verify(numbered(500))], rewards(500))
        killer = threading.Thread(target=kill)
        killer.start()
        try:
            for _ in range(10):
                try:
                    self.assertEqual([v.reward for v in self.verifier.verify(numbered(200))], rewards(200))
                except assay.JudgeError as failure:  # the same item twice
                    self.assertIn("status -9", str(failure))
        finally:
            stop.set()
            killer.join()

    def test_a_child_goes_with_its_verifier(self):
        self.verifier.check("1", "1")
        child = self.verifier._judge._child.process
        self._cleanups.clear()
        self.verifier = None
        gc.collect()
        self.assertEqual(child.wait(20), -9)

    def test_it_works_again_after_close(self):
        self.verifier.check("1", "1")
        self.verifier.close()
        self.assertEqual(self.verifier.check("1", "1").reward, 1.0)


class Broken(unittest.TestCase):
    """Judges that fail: an exception for the caller, never a verdict."""

    def fails(self, text, words, count=3):
        with program(text) as path, assay.Verifier(url="", program=path) as verifier:
            with self.assertRaises(assay.JudgeError) as caught:
                verifier.verify(numbered(count), timeout=30)
            self.assertIn(words, str(caught.exception))

    def test_it_ends_at_once(self):
        self.fails("sys.exit('no such flag')", "status 1: no such flag")

    def test_it_ends_in_the_middle(self):
        self.fails("line = sys.stdin.readline()\n" + ANSWER + "sys.exit(7)", "status 7")

    def test_it_answers_something_else(self):
        self.fails("for line in sys.stdin: print('{\"id\": 0}', flush=True)", "out of order")
        self.fails("for line in sys.stdin: print('hello', flush=True)", "hello")
        self.fails("for line in sys.stdin: print('{\"id\": 1}', flush=True)", "no verdict")
        self.fails("print('{\"id\": 1}', flush=True); time.sleep(60)", "no verdict")

    def test_it_closes_its_output(self):
        self.fails("os.close(1); time.sleep(60)", "closed its output")

    def test_there_is_none(self):
        with self.assertRaises(assay.JudgeError) as caught:
            assay.Verifier(url="", program="/nonexistent/assay").check("1", "1")
        self.assertIn("/nonexistent/assay", str(caught.exception))

    def test_what_was_left_is_asked_again_once(self):
        with tempfile.NamedTemporaryFile() as mark:
            text = (f"first = os.path.getsize({mark.name!r}) == 0\nopen({mark.name!r}, 'a').write('x')\n"
                    "for n, line in enumerate(sys.stdin):\n    if first and n == 2: sys.exit(9)\n    " + ANSWER)
            with program(text) as path, assay.Verifier(url="", program=path) as verifier:
                got = verifier.verify(numbered(10))
            self.assertEqual([v.id for v in got], list(range(10)))
            self.assertEqual(len({v.reason for v in got[:2]} & {v.reason for v in got[2:]}), 0)
            self.assertEqual(len({v.reason for v in got[2:]}), 1)

    def test_one_that_hangs_is_given_up(self):
        with program("time.sleep(600)") as path, assay.Verifier(url="", program=path) as verifier:
            with self.assertRaises(assay.TimedOut):
                verifier.verify(numbered(3), timeout=1.0)
            self.assertEqual(verifier._judge._child.process.wait(10), -9)

    def test_no_more_is_sent_than_agreed(self):
        most = process_module.MOST_ITEMS
        with tempfile.NamedTemporaryFile() as log:
            text = (f"for line in sys.stdin:\n    with open({log.name!r}, 'a') as log: log.write('x')\n"
                    f"    if os.path.getsize({log.name!r}) >= 2000: time.sleep(60)\n")
            with program(text) as path, assay.Verifier(url="", program=path) as verifier:
                with self.assertRaises(assay.TimedOut):
                    verifier.verify(numbered(2000), timeout=2.0)
            self.assertLessEqual(os.path.getsize(log.name), most)


class ByServer(Everywhere, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.verifier = assay.Verifier(url=self.server.url)
        self.addCleanup(self.verifier.close)

    def test_the_environment_names_it(self):
        os.environ["ASSAY_URL"] = self.server.url
        self.addCleanup(os.environ.pop, "ASSAY_URL")
        self.assertEqual(assay.verify([math(1, "1", "1")])[0].reward, 1.0)
        self.assertIsInstance(assay.default_verifier()._judge, assay.verifier.ServerJudge)

    def test_a_token_is_sent(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("correct-horse-battery")
            file.flush()
            with Served("--token-file", file.name) as server:
                with assay.Verifier(url=server.url, token="correct-horse-battery") as verifier:
                    self.assertEqual(verifier.check("1", "1").reward, 1.0)
                with assay.Verifier(url=server.url, token="wrong") as verifier:
                    with self.assertRaises(assay.ServerError) as caught:
                        verifier.check("1", "1")
                    self.assertEqual(caught.exception.status, 401)


class Flaky(http.server.BaseHTTPRequestHandler):
    """Fails in the ways of `plan`, one a request, then answers."""
    plan, seen = [], []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        lines = self.rfile.read(int(self.headers["Content-Length"])).splitlines()
        step = self.plan.pop(0) if self.plan else "answer"
        self.seen.append(step)
        if step == "drop":
            self.close_connection = True
            return
        if isinstance(step, int):
            return self.reply(step, b'{"error": "on purpose"}')
        ids = [json.loads(line)["id"] for line in lines]
        if step == "crossed":
            ids.reverse()
        if step == "half":
            ids = ids[:-1]
        if step == "empty":
            return self.reply(200, b"\n".join(b'{"id": %d}' % i for i in ids))
        self.reply(200, b"\n".join(json.dumps({"id": i, "outcome": "wrong", "reward": 0.0, "answer": "",
                                               "reason": "1 != 2"}).encode() for i in ids))

    def reply(self, status, body):
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class BadServers(unittest.TestCase):
    def setUp(self):
        Flaky.plan, Flaky.seen = [], []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.verifier = assay.Verifier(url=f"http://127.0.0.1:{self.server.server_port}/", connections=1)
        self.addCleanup(self.verifier.close)

    def test_what_passes_is_tried_again(self):
        Flaky.plan = ["drop", 503, 502, 504]
        start = time.monotonic()
        self.assertEqual(len(self.verifier.verify(numbered(3))), 3)
        self.assertEqual(Flaky.seen, ["drop", 503, 502, 504, "answer"])
        self.assertGreater(time.monotonic() - start, 0.5)  # Retry-After

    def test_what_does_not_is_not(self):
        for step in (400, 401, 413, 500):
            Flaky.plan, Flaky.seen = [step], []
            with self.assertRaises(assay.ServerError) as caught:
                self.verifier.verify(numbered(3))
            self.assertEqual((caught.exception.status, Flaky.seen), (step, [step]))
            self.assertIn("on purpose", str(caught.exception))

    def test_answers_to_other_questions_are_none(self):
        for step in ("crossed", "half", "empty"):
            Flaky.plan = [step]
            with self.assertRaises(assay.ServerError):
                self.verifier.verify(numbered(3))

    def test_a_deadline_ends_the_trying(self):
        Flaky.plan = [503] * 1000
        start = time.monotonic()
        with self.assertRaises(assay.TimedOut):
            self.verifier.verify(numbered(3), timeout=1.5)
        self.assertLess(time.monotonic() - start, 5)

    def test_bad_addresses(self):
        for url in ("127.0.0.1:80", "ftp://x", "http://"):
            with self.assertRaises(ValueError):
                assay.Verifier(url=url)


if __name__ == "__main__":
    unittest.main()
