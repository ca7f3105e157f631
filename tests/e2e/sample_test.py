"""assay sample and assay score on the default model: the same text in any company, the memory plan, Ctrl-C."""
import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

ASSAY = os.environ["ASSAY"]
MODEL = "smollm2-135m"


def assay(*words, lines=()):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True, input=text, timeout=300)


def sample(*words, lines=({"id": 1, "prompt": "The capital of France is"},)):
    done = assay("sample", MODEL, *words, lines=lines)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done, _ = sample("--max-tokens", 1)
        if "cache" in done.stderr and done.returncode == 2:
            raise unittest.SkipTest("the default model is not in the cache (scripts/setup fetches it)")

    def test_greedy_ids_are_those_of_transformers(self):
        path = os.path.join(os.environ["ASSAY_SOURCE_DIR"], "tests", "cases", "model", "smollm2_greedy.jsonl")
        with open(path) as file:
            case = json.loads(file.readline())
        done, (line,) = sample("--max-tokens", 6, "--temperature", 0, lines=[{"id": "x", "ids": case["prompt"]}])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(line["ids"], case["ids"][:6])
        self.assertEqual((line["id"], line["sample"]), ("x", 0))
        for got, expected in zip(line["logprobs"], case["logprobs"]):
            self.assertAlmostEqual(got, expected, delta=1e-3)

    def test_company_does_not_matter(self):
        lines = [{"id": i, "prompt": f"Once upon a time, {i} friends"} for i in range(5)]
        for dtype in ("f32", "int4"):
            flags = ["--n", 3, "--max-tokens", 12, "--dtype", dtype]
            _, expected = sample(*flags, "--batch", 1, "--threads", 1, lines=lines)
            self.assertEqual(len(expected), 15)
            for more in (["--batch", 64, "--threads", 2], ["--batch", 4, "--cache-mb", 8]):
                _, got = sample(*flags, *more, lines=lines)
                self.assertEqual(got, expected)
            _, alone = sample(*flags, lines=lines[3:4])
            self.assertEqual(alone, expected[9:12])
            _, fewer = sample("--n", 1, *flags[2:], lines=lines[::-1])
            self.assertEqual(fewer, expected[::3][::-1])

    def test_stop_string(self):
        _, (whole,) = sample("--max-tokens", 24, "--temperature", 0)
        stop = whole["text"][7:10]
        done, (cut,) = sample("--max-tokens", 24, "--temperature", 0, "--stop", stop)
        self.assertEqual((done.returncode, cut["finish"]), (0, "stop"), done.stderr)
        self.assertEqual(cut["text"], whole["text"][:whole["text"].index(stop)])
        self.assertEqual(cut["ids"], whole["ids"][:len(cut["ids"])])

    def test_the_memory_plan_is_printed_and_kept(self):
        done, _ = sample("--max-tokens", 1, "--dtype", "int8", "--cache-mb", 16)
        self.assertRegex(done.stderr, r"weights 137 MB \(int8\), work space \d+ MB, keys and values 16 MB")
        done, lines = sample("--dtype", "f32", "--memory-mb", 600)
        self.assertEqual((done.returncode, lines), (2, []))
        self.assertIn("the largest that fits is dtype bf16", done.stderr)
        done, (line,) = sample("--max-tokens", 4000, "--cache-mb", 8)
        self.assertEqual((done.returncode, line["outcome"]), (3, "error"))
        self.assertRegex(line["reason"], r"at most \d+ new tokens fit")

    def test_a_device_that_is_not_there_is_said_plainly(self):
        done, lines = sample("--device", "cuda")
        if done.returncode != 0:  # else there is a GPU and a build for it
            self.assertEqual((done.returncode, lines), (2, []))
            self.assertRegex(done.stderr, r"^assay: device cuda: (this build has no GPU module|there is no NVIDIA )")
            self.assertEqual(done.stderr.count("\n"), 1)
        done, _ = sample("--device", "tpu")
        self.assertEqual(done.returncode, 2)
        self.assertIn('device "tpu" does not exist (there are: cpu, cuda, cuda:0,1)', done.stderr)
        done, lines = sample("--tensor-parallel", 2)
        self.assertEqual((done.returncode, lines), (2, []))
        self.assertIn("--tensor-parallel: needs several GPUs", done.stderr)
        done, _ = sample("--dtype", "f16")
        self.assertEqual(done.returncode, 2)
        self.assertIn("f16 needs --device cuda", done.stderr)

    def test_a_prompt_without_tokens_is_refused_and_the_others_go_on(self):
        done, lines = sample("--max-tokens", 1, lines=[{"id": 1, "prompt": ""}, {"id": 2, "prompt": "Hi"}])
        self.assertEqual(done.returncode, 3)
        self.assertIn("no tokens", lines[0]["reason"])
        self.assertEqual(lines[1]["finish"], "length")

    def test_ctrl_c_leaves_a_run_that_can_be_finished(self):
        with tempfile.TemporaryDirectory() as folder:
            def stored(run):
                db = sqlite3.connect(os.path.join(folder, run, "run.db"))
                rows = db.execute("SELECT problem, sample, finish, text FROM samples ORDER BY 1, 2").fetchall()
                db.close()
                return rows

            def words(run):
                return ["score", MODEL, "--suite", "starter", "--limit", "6", "--n", "2", "--max-tokens", "80",
                        "--dtype", "int4", "--concurrency", "2", "--out", os.path.join(folder, run)]
            process = subprocess.Popen([ASSAY, *words("cut")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True)
            database = os.path.join(folder, "cut", "run.db")
            for _ in range(600):
                time.sleep(0.1)
                try:
                    if process.poll() is not None or os.path.exists(database) and stored("cut"):
                        break
                except sqlite3.OperationalError:
                    pass  # its tables are not there yet
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=60)
            self.assertIn(process.returncode, (0, 3), error)
            if process.returncode == 3:
                self.assertIn("repeat the command", error)
                self.assertLess(len(stored("cut")), 12)
            self.assertEqual(assay(*words("cut")).returncode, 0)
            self.assertEqual(assay(*words("whole")).returncode, 0)
            self.assertEqual(stored("cut"), stored("whole"))
            self.assertEqual(len(stored("whole")), 12)


if __name__ == "__main__":
    unittest.main()
