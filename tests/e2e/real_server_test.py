"""assay score against a real OpenAI-compatible server (llama.cpp) with the default model. Slow; skipped where no
such server is installed (.peers, made by scripts/setup --peers, has one) or the default model is absent."""
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

ASSAY = os.environ["ASSAY"]
SOURCE = os.environ["ASSAY_SOURCE_DIR"]
SERVER = os.path.join(SOURCE, "tests", "support", "llama_server.py")


def python_with_server():
    for python in (os.environ.get("ASSAY_SERVER_PYTHON"), os.path.join(SOURCE, ".peers", "bin", "python"), sys.executable):
        if not python or not os.path.exists(python):
            continue
        for package in ("xllamacpp", "llama_cpp.server"):
            if subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode == 0:
                return python
    return None


def default_model():
    cache = os.environ.get("ASSAY_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "assay")
    folder = os.path.join(cache, "models")
    files = [f for f in os.listdir(folder) if f.endswith(".gguf")] if os.path.isdir(folder) else []
    return os.path.join(folder, files[0]) if files else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RealServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        port = free_port()
        cls.log = tempfile.TemporaryFile()
        cls.addClassCleanup(cls.log.close)
        cls.process = subprocess.Popen([PYTHON, SERVER, MODEL, str(port)], stdout=cls.log, stderr=cls.log)
        cls.addClassCleanup(cls.process.wait)
        cls.addClassCleanup(cls.process.kill)
        cls.base = f"http://127.0.0.1:{port}/v1"
        deadline = time.monotonic() + 600
        while True:
            try:
                with urllib.request.urlopen(cls.base + "/models", timeout=5):
                    return
            except OSError:
                if cls.process.poll() is not None or time.monotonic() > deadline:
                    cls.log.seek(0)
                    raise AssertionError("the server did not start: " + cls.log.read().decode()[-2000:])
                time.sleep(0.3)

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name

    def score(self, name, *words, concurrency=2):
        folder = os.path.join(self.dir, name)
        done = subprocess.run([ASSAY, "score", self.base + "#smollm2", "--suite", "starter", "--limit", "4", "--json",
                               "--concurrency", str(concurrency), "--out", folder, *map(str, words)],
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        db = sqlite3.connect(os.path.join(folder, "run.db"))
        rows = db.execute("SELECT problem, sample, finish, response_tokens, text FROM samples ORDER BY 1, 2").fetchall()
        logprobs = db.execute("SELECT length(logprobs) FROM response").fetchall()
        db.close()
        return json.loads(done.stdout)["rows"][0], rows, logprobs

    def test_chat_counts_tokens_and_stores_logprobs(self):
        row, rows, logprobs = self.score("chat", "--n", 2, "--max-tokens", 12, "--logprobs")
        self.assertEqual((row["samples"], row["counts"]["failed"]), (8, 0))
        self.assertGreater(row["prompt_tokens"], 8 * 5)
        self.assertEqual(row["response_tokens"], sum(r[3] for r in rows))
        self.assertTrue(all(0 < r[3] <= 12 for r in rows))
        self.assertTrue(all(size and size % 4 == 0 for size, in logprobs))
        self.assertGreater(len({r[4] for r in rows}), 4)  # two samples of a problem differ

    def test_streamed_and_whole_replies_are_the_same_text(self):
        _, whole, _ = self.score("whole", "--temperature", 0, "--max-tokens", 16, concurrency=1)
        _, streamed, _ = self.score("streamed", "--temperature", 0, "--max-tokens", 16, "--stream", concurrency=1)
        self.assertEqual(whole, streamed)

    def test_completion_style_and_a_budget_that_cuts(self):
        row, rows, _ = self.score("text", "--style", "completion", "--max-tokens", 3)
        self.assertTrue(any(r[2] == "length" for r in rows))
        self.assertEqual(row["counts"]["failed"], 0)


if __name__ == "__main__":
    PYTHON, MODEL = python_with_server(), default_model()
    if PYTHON is None or MODEL is None:
        print("SKIPPED: a real server (" + ("no llama.cpp server is installed" if PYTHON is None else
                                            "the default model is not here") + ")")
        sys.exit(77)
    unittest.main()
