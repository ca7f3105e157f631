"""assay score from a user's side: recorded responses, resume through kill -9, refusals, endpoints."""
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE_DIR"], "tests", "support"))
import tiny_checkpoint  # noqa: E402
from mock_server import MockServer  # noqa: E402

ASSAY = os.environ["ASSAY"]
HIDDEN_KEY = "hunter2-key"


def assay(*words, **more):
    env = dict(os.environ, **more.pop("env", {}))
    return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env=env, timeout=300, **more)


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def pack(self, prompts, name="demo"):
        """A pack whose problem i has the reference i and the given prompt."""
        os.makedirs(self.path(name), exist_ok=True)
        with open(self.path(name, "pack.json"), "w") as file:
            json.dump({"name": name, "version": "1.0.0", "licence": "CC0-1.0", "source": "test",
                       "description": "test", "canary": f"canary {name} 7c1d",
                       "sampling": {"max_tokens": 64, "temperature": 0.7}}, file)
        with open(self.path(name, "problems.jsonl"), "w") as file:
            for i, prompt in enumerate(prompts):
                file.write(json.dumps({"id": f"p{i:04}", "prompt": prompt, "reference": str(i), "domain": "math",
                                       "verifier": {"kind": "numeric"}}) + "\n")
        return self.path(name)

    def replies(self, problems, n, name="replies.jsonl"):
        draw = random.Random(5)
        with open(self.path(name), "w") as file:
            for i in range(problems):
                for sample in range(n):
                    answer = i if draw.random() < 0.4 else i + 1
                    file.write(json.dumps({"problem": f"demo/p{i:04}", "sample": sample,
                                           "response": f"The answer is {answer}."}) + "\n")
        return "replay:" + self.path(name)

    def stored(self, run):
        """Everything that must not depend on how the run went."""
        db = sqlite3.connect(self.path(run, "run.db"))
        rows = db.execute("SELECT suite, problem, sample, outcome, reward, answer, reason, finish, text "
                          "FROM samples ORDER BY 1, 2, 3").fetchall()
        db.close()
        return rows


class Score(Folder):
    def test_table_json_and_resume(self):
        pack, model = self.pack(["?"] * 20), self.replies(20, 4)
        args = ("score", model, "--suite", pack, "--n", 4, "--k", "1,4", "--out", self.path("run"))
        first = assay(*args)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("pass@4 %", first.stdout)
        again = assay(*args, "--json")
        row = json.loads(again.stdout)["rows"][0]
        self.assertEqual((row["problems"], row["samples"]), (20, 80))
        self.assertEqual(row["counts"]["correct"] + row["counts"]["wrong"], 80)
        self.assertAlmostEqual(row["pass"]["1"]["value"], row["counts"]["correct"] / 80)
        self.assertLess(row["pass"]["1"]["low"], row["pass"]["1"]["value"])

    def test_an_ended_run_is_one_file(self):
        pack, model = self.pack(["?"] * 3), self.replies(3, 1)
        assay("score", model, "--suite", pack, "--out", self.path("run"))
        self.assertEqual(os.listdir(self.path("run")), ["run.db"])
        assay("regrade", self.path("run"), "--profile", "numeric,exact")
        assay("report", self.path("run"), "--json")
        self.assertEqual(os.listdir(self.path("run")), ["run.db"])
        self.assertEqual(assay("score", model, "--suite", pack, "--out", self.path("run")).returncode, 0)
        self.assertEqual(os.listdir(self.path("run")), ["run.db"])

    def test_a_plan_stays_within_what_can_be(self):
        pack, model = self.pack(["?"] * 3), self.replies(3, 1)
        few = assay("score", model, "--suite", pack, "--n", 4, "--plan")
        self.assertEqual(few.returncode, 0, few.stderr)
        self.assertIn("none: too few", few.stdout)
        self.assertLess(float(few.stdout.split("±")[1].split()[0]), 50)
        many = assay("score", self.replies(200, 1), "--suite", self.pack(["?"] * 200), "--n", 4, "--plan")
        self.assertRegex(many.stdout, r"demo +200 +±[4-8]\.\d %  +\d+\.\d points")
        self.assertFalse(os.path.exists("runs/demo"))

    def test_n_can_grow_and_the_limit_too(self):
        pack, model = self.pack(["?"] * 10), self.replies(10, 4)
        for n, limit in ((1, 3), (4, 3), (4, 10)):
            done = assay("score", model, "--suite", pack, "--n", n, "--limit", limit, "--temperature", 0.7,
                         "--out", self.path("grown"))
            self.assertEqual(done.returncode, 0, done.stderr)
        assay("score", model, "--suite", pack, "--n", 4, "--temperature", 0.7, "--out", self.path("once"))
        self.assertEqual(len(self.stored("grown")), 40)
        self.assertEqual(self.stored("grown"), self.stored("once"))

    def test_another_run_in_the_folder_is_refused(self):
        pack, model = self.pack(["?"] * 3), self.replies(3, 1)
        assay("score", model, "--suite", pack, "--out", self.path("run"))
        other = assay("score", model, "--suite", pack, "--seed", 2, "--out", self.path("run"))
        self.assertEqual(other.returncode, 2)
        self.assertIn("seed: 0 there, 2 here", other.stderr)

    def test_missing_responses_fail_apart_and_the_status_says_so(self):
        pack, model = self.pack(["?"] * 5), self.replies(3, 1)
        done = assay("score", model, "--suite", pack, "--out", self.path("run"), "--json")
        self.assertEqual(done.returncode, 3)
        row = json.loads(done.stdout)["rows"][0]
        self.assertEqual(row["counts"]["failed"], 2)
        self.assertEqual(row["pass"]["1"]["problems"], 3)
        self.assertIn("pass1_failures_as_wrong", row)

    def test_a_malformed_problem_line_is_named(self):
        pack, model = self.pack(["?"] * 3), self.replies(3, 1)
        with open(self.path("demo", "problems.jsonl"), "a") as file:
            file.write('{"id": "x", "promt": "?"}\n')
        done = assay("score", model, "--suite", pack, "--out", self.path("run"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("line 4", done.stderr)
        self.assertFalse(os.path.exists(self.path("run")))

    def test_wrong_usage_changes_nothing(self):
        pack, model = self.pack(["?"] * 3), self.replies(3, 1)
        for words in (["--k", 4], ["--shard", "3/2"], ["--shard", "x"], ["--n", 0]):
            done = assay("score", model, "--suite", pack, "--out", self.path("run"), *words)
            self.assertEqual(done.returncode, 2, words)
            self.assertFalse(os.path.exists(self.path("run")), words)

    def test_shards_cover_everything_once(self):
        pack, model = self.pack(["?"] * 10), self.replies(10, 2)
        rows = []
        for shard in ("1/3", "2/3", "3/3"):
            out = "shard" + shard[0]
            assay("score", model, "--suite", pack, "--n", 2, "--shard", shard, "--out", self.path(out))
            rows += self.stored(out)
        assay("score", model, "--suite", pack, "--n", 2, "--out", self.path("whole"))
        self.assertEqual(sorted(rows), self.stored("whole"))
        shards = [self.path("shard" + i) for i in "123"]
        merged = assay("report", *shards, "--json")
        self.assertEqual(merged.returncode, 0, merged.stderr)
        self.assertEqual(merged.stdout, assay("report", self.path("whole"), "--json").stdout)
        kept = assay("report", *shards, "--merge", self.path("merged"), "--csv")
        self.assertEqual(kept.stdout, assay("report", self.path("whole"), "--csv").stdout)
        self.assertEqual(self.stored("merged"), self.stored("whole"))
        again = assay("score", model, "--suite", pack, "--n", 2, "--out", self.path("merged"))
        self.assertEqual(again.returncode, 0, again.stderr)
        other = assay("score", model, "--suite", pack, "--n", 2, "--seed", 7, "--out", self.path("other"))
        self.assertEqual(other.returncode, 0)
        wrong = assay("report", shards[0], self.path("other"), "--merge", self.path("no"))
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("seed: 0", wrong.stderr)
        self.assertFalse(os.path.exists(self.path("no")))

    def test_an_output_that_cannot_be_written(self):
        pack, model = self.pack(["?"] * 3), self.replies(3, 1)
        done = assay("score", model, "--suite", pack, "--out", "/proc/assay-run")
        self.assertEqual(done.returncode, 2)
        self.assertIn("/proc/assay-run", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_full_disk_loses_nothing_that_was_stored(self):
        small = self.path("small")
        os.mkdir(small)
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", small], capture_output=True).returncode == 0
        if not mounted:
            self.skipTest("needs root to mount a small disk")
        try:
            pack, model = self.pack(["?"] * 3000), self.replies(3000, 1)
            done = assay("score", model, "--suite", pack, "--out", os.path.join(small, "run"))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("run.db", done.stderr)
            subprocess.run(["mount", "-o", "remount,size=40m", small], check=True)
            again = assay("score", model, "--suite", pack, "--out", os.path.join(small, "run"))
            self.assertEqual(again.returncode, 0, again.stderr)
            whole = assay("score", model, "--suite", pack, "--out", self.path("whole"))
            self.assertEqual(whole.returncode, 0)
            self.assertEqual(self.stored(os.path.join(small, "run")), self.stored("whole"))
        finally:
            subprocess.run(["umount", small], check=True)


class Identity(Folder):
    """A run is known by content: one byte changed is another run, the same bytes elsewhere are the same run."""

    def score(self, model, pack, *words):
        return assay("score", model, "--suite", pack, "--n", 2, "--max-tokens", 3, "--out", self.path("run"), *words)

    def drawn(self):
        db = sqlite3.connect(self.path("run", "run.db"))
        rows = db.execute("SELECT id, wall_ms FROM sample ORDER BY id").fetchall()
        db.close()
        return rows

    def edit(self, file, old, new, times=1):
        with open(file) as source:
            text = source.read()
        self.assertIn(old, text)
        with open(file, "w") as sink:
            sink.write(text.replace(old, new, times))

    def test_one_byte(self):
        model, pack = tiny_checkpoint.make(self.path("model")), self.pack(["what?", "why?"])
        first = self.score(model, pack)
        self.assertEqual(first.returncode, 0, first.stderr)
        before = self.drawn()
        elsewhere = shutil.copytree(model, self.path("elsewhere"))
        again = self.score(elsewhere, shutil.copytree(pack, self.path("other", "demo")))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.drawn(), before)  # nothing was drawn again

        def changed_model(name, change):
            copy = shutil.copytree(model, self.path(name))
            change(copy)
            return copy, pack

        def changed_pack(name, file, old, new):
            copy = shutil.copytree(pack, self.path(name, "demo"))
            self.edit(os.path.join(copy, file), old, new)
            return model, copy

        def flip(folder):
            with open(os.path.join(folder, "model.safetensors"), "r+b") as file:
                file.seek(-1, os.SEEK_END)
                byte = file.read(1)
                file.seek(-1, os.SEEK_END)
                file.write(bytes([byte[0] ^ 1]))

        others = {
            "weights": changed_model("m1", flip),
            "template": changed_model("m2", lambda f: self.edit(os.path.join(f, "tokenizer_config.json"), "{{ m", "!{{ m")),
            "tokenizer": changed_model("m3", lambda f: self.edit(os.path.join(f, "tokenizer.json"), "<pad>", "<pat>", -1)),
            "prompt": changed_pack("p1", "problems.jsonl", "why?", "why!"),
            "reference": changed_pack("p2", "problems.jsonl", '"reference": "1"', '"reference": "2"'),
            "verifier": changed_pack("p3", "problems.jsonl", '"numeric"', '"exact"'),
            "suite": changed_pack("p4", "pack.json", "1.0.0", "1.0.1")}
        for name, (other_model, other_pack) in others.items():
            done = self.score(other_model, other_pack)
            self.assertEqual(done.returncode, 2, f"{name}: {done.stdout}{done.stderr}")
            self.assertIn("holds another run", done.stderr)
        for words in (["--temperature", 0.71], ["--seed", 1], ["--top-p", 0.9], ["--template", "{prompt} "], ["--logprobs"]):
            done = self.score(model, pack, *words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("holds another run", done.stderr)
        self.assertEqual(self.drawn(), before)
        grown = assay("score", model, "--suite", pack, "--n", 5, "--max-tokens", 3, "--out", self.path("run"))
        self.assertEqual(grown.returncode, 0, grown.stderr)
        after = self.drawn()
        self.assertEqual(len(after), 10)
        self.assertTrue(set(before) <= set(after))  # the old ones stay as they were


class Later(Folder):
    """What is done with stored runs."""

    def run_of(self, answers, name):
        """A stored run whose problem i was answered answers[i]."""
        pack = self.pack(["?"] * len(answers))
        with open(self.path(name + ".jsonl"), "w") as file:
            for i, answer in enumerate(answers):
                file.write(json.dumps({"problem": f"demo/p{i:04}", "response": answer}) + "\n")
        done = assay("score", "replay:" + self.path(name + ".jsonl"), "--suite", pack, "--out", self.path(name))
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.path(name)

    def test_compare_finds_the_known_discordant_counts(self):
        right = [f"The answer is {i}." for i in range(399)]
        wrong = [f"The answer is {i + 1}." for i in range(399)]
        a = self.run_of(right[:276] + wrong[276:], "a")                          # 276 right
        b = self.run_of(wrong[:28] + right[28:276 + 59] + wrong[276 + 59:], "b")  # 307 right
        done = assay("compare", a, b, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        suite = json.loads(done.stdout)[0]
        self.assertEqual((suite["problems"], suite["better"], suite["worse"]), (399, 59, 28))
        self.assertAlmostEqual(suite["p_mcnemar"], 0.0012, places=4)
        self.assertEqual(len(suite["flips"]), 87)
        self.assertEqual(assay("compare", a, b, "--fail-if-worse", 0).returncode, 0)
        self.assertEqual(assay("compare", b, a, "--fail-if-worse", 0).returncode, 1)
        self.assertIn("McNemar", assay("compare", a, b).stdout)

    def test_regrade_prints_where_profiles_part(self):
        run = self.run_of(["#### 0", "it is $\\boxed{1}$.", "2", "The answer is 3."], "r")
        done = assay("regrade", run, "--profile", "suite,lm-eval-gsm8k-strict,lm-eval-gsm8k-flexible,numeric", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(result["correct"], [4, 1, 3, 4])
        self.assertEqual(result["matrix"][0][1], 3)
        unknown = assay("regrade", run, "--profile", "lm-eval-gsm8k-strikt")
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("did you mean", unknown.stderr)
        self.assertEqual(assay("regrade", "--list").returncode, 0)

    def test_a_packs_own_verifier_judges_stored_responses_without_the_pack(self):
        pack = self.pack(["?"] * 4)
        with open(os.path.join(pack, "problems.jsonl"), "w") as file:
            for i in range(4):
                file.write(json.dumps({"id": f"p{i:04}", "prompt": "?", "reference": str(i),
                                       "verifier": {"kind": "program"}}) + "\n")
        verify = os.path.join(pack, "verify.py")
        with open(verify, "w") as file:
            file.write("def verify(problem, response):\n    return response.strip().endswith(problem['reference'])\n")
        with open(self.path("r.jsonl"), "w") as file:
            for i in range(4):
                file.write(json.dumps({"problem": f"demo/p{i:04}", "response": f"it is {i if i != 2 else 7}"}) + "\n")
        args = ("score", "replay:" + self.path("r.jsonl"), "--suite", pack, "--out", self.path("run"))
        self.assertEqual(assay(*args).returncode, 0)
        with open(verify, "a") as file:
            file.write("# one byte more\n")
        changed = assay(*args)
        self.assertEqual(changed.returncode, 2)
        self.assertIn("holds another run", changed.stderr)
        shutil.rmtree(pack)
        done = assay("regrade", self.path("run"), "--profile", "suite,numeric", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["correct"], [3, 3])

    def test_verdicts_with_lower_trust_are_counted_by_problem(self):
        pack = self.pack([])
        tests = {"plain": "assert f(2) == 4", "objects": "assert [g(2) for g in (f,)] == [4]",
                 "lazy": "assert f(lambda: 3) == 6"}
        with open(os.path.join(pack, "problems.jsonl"), "w") as file, open(self.path("r.jsonl"), "w") as replies:
            for name, test in tests.items():
                file.write(json.dumps({"id": name, "prompt": "?", "domain": "code",
                                       "verifier": {"kind": "code", "tests": [test]}}) + "\n")
                for sample in range(2):
                    code = "def f(x):\n    return 2 * (x() if callable(x) else x) + %d" % sample
                    replies.write(json.dumps({"problem": f"demo/{name}", "sample": sample,
                                              "response": f"```python\n{code}\n```"}) + "\n")
        args = ("score", "replay:" + self.path("r.jsonl"), "--suite", pack, "--n", 2, "--out", self.path("run"))
        table = assay(*args)
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertIn("2 of 3 problems have tests that need objects of the program", table.stdout)
        row = json.loads(assay(*args, "--json").stdout)["rows"][0]
        self.assertEqual((row["lower_trust"], row["counts"]["correct"], row["counts"]["wrong"]), (2, 3, 3))

    def test_verdicts_that_were_never_made_are_not_shown_as_none(self):
        run = self.run_of(["0", "1"], "r")
        for words in (["report", run, "--profile", "exact", "--json"], ["report", run, "--profile", "exact", "--csv"],
                      ["compare", run, run, "--profile", "exact"]):
            done = assay(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("only under suite", done.stderr)
        self.assertEqual(assay("regrade", run, "--profile", "exact").returncode, 0)
        self.assertEqual(assay("report", run, "--profile", "exact", "--json").returncode, 0)

    def test_equal_runs_are_not_said_to_be_equal_for_sure(self):
        run = self.run_of(["0", "1", "5"], "r")
        same = json.loads(assay("compare", run, run, "--json").stdout)[0]
        self.assertEqual((same["difference"], same["p_permutation"]), (0, 1))
        self.assertLess(same["low"], -0.3)
        worse = self.run_of(["9", "9", "5"], "w")  # 2 of 2 lost, which happens by chance
        self.assertEqual(assay("compare", run, worse, "--fail-if-worse", 0).returncode, 0)

    def test_solved_examples_of_a_profile_a_file_or_none(self):
        pack, model = self.pack(["What is 1 + 1?", "?"]), self.replies(2, 1)

        def sent(*words):
            folder = self.path(f"run{len(os.listdir(self.dir))}")
            done = assay("score", model, "--suite", pack, "--out", folder, *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            db = sqlite3.connect(os.path.join(folder, "run.db"))
            prompt = json.loads(db.execute("SELECT prompt FROM problem WHERE id = 0").fetchone()[0])
            db.close()
            return prompt, done.stderr

        prompt, note = sent("--profile", "lm-eval-gsm8k-strict")
        self.assertEqual((prompt.count("Question:"), prompt.count("\n#### ")), (6, 5))
        self.assertTrue(prompt.endswith("\n\nQuestion: What is 1 + 1?\nAnswer:"), prompt)
        self.assertIn("assay-shots 1", note)
        prompt, _ = sent("--profile", "lm-eval-gsm8k-cot")
        self.assertEqual((prompt.count("Q:"), prompt.count(" The answer is ")), (9, 8))
        prompt, _ = sent("--profile", "opencompass-gsm8k")
        self.assertEqual([turn["role"] for turn in prompt], ["user", "assistant"] * 4 + ["user"])
        prompt, _ = sent("--profile", "lm-eval-gsm8k-strict", "--shots", 2)
        self.assertEqual(prompt.count("Question:"), 3)
        prompt, note = sent("--profile", "lm-eval-gsm8k-strict", "--zero-shot")
        self.assertEqual(prompt, "Question: What is 1 + 1?\nAnswer:")
        self.assertNotIn("assay-shots", note)
        with open(self.path("shots.jsonl"), "w") as file:
            file.write(json.dumps({"question": "two?", "answer": "#### 2"}) + "\n")
        prompt, note = sent("--profile", "lm-eval-gsm8k-strict", "--few-shot", self.path("shots.jsonl"))
        self.assertEqual(prompt, "Question: two?\nAnswer: #### 2\n\nQuestion: What is 1 + 1?\nAnswer:")
        self.assertNotIn("assay-shots", note)
        many = assay("score", model, "--suite", pack, "--shots", 3, "--out", self.path("no"))
        self.assertEqual(many.returncode, 2)
        self.assertIn("--few-shot", many.stderr)

    def test_import_of_four_formats(self):
        pack = self.pack(["?"] * 4)
        texts = [f"The answer is {i if i != 2 else 9}." for i in range(4)]
        inspect = [{"id": i + 1, "epoch": 1, "output": {"choices": [
            {"message": {"content": [{"type": "text", "text": t}]}, "stop_reason": "stop"}]}}
            for i, t in enumerate(texts)]
        files = {
            "lm.jsonl": "\n".join(json.dumps({"doc_id": i, "doc": {}, "resps": [[t, t]]}) for i, t in enumerate(texts)),
            # lm-eval writes the same responses once for each of its filters.
            "filters.jsonl": "\n".join(json.dumps({"doc_id": i, "doc": {}, "resps": [[t]], "filter": name})
                                       for name in ("strict-match", "flexible-extract") for i, t in enumerate(texts)),
            "results.json": json.dumps({"date": "", "hash": "x", "eval": {
                f"p{i:04}": [{"task_id": f"p{i:04}", "solution": t, "base_status": "pass"}]
                for i, t in enumerate(texts)}}),
            "plus.jsonl": "\n".join(json.dumps({"task_id": f"p{i:04}", "solution": t}) for i, t in enumerate(texts)),
            "plain.jsonl": "\n".join(json.dumps({"id": f"p{i:04}", "text": t}) for i, t in enumerate(texts)),
            "inspect.json": json.dumps({"eval": {}, "samples": inspect})}
        for name, text in files.items():
            with open(self.path(name), "w") as file:
                file.write(text)
            done = assay("import", self.path(name), "--suite", pack, "--out", self.path(name + ".run"))
            self.assertEqual(done.returncode, 0, name + done.stderr)
            self.assertIn("75.0", done.stdout)
            self.assertIn("8 responses" if name == "lm.jsonl" else "4 responses", done.stdout)
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            name = f"log{method}.eval"
            with zipfile.ZipFile(self.path(name), "w", method) as archive:
                archive.writestr("header.json", "{}")
                for sample in inspect:
                    archive.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample) + " " * 5000)
            done = assay("import", self.path(name), "--suite", pack, "--out", self.path(name + ".run"))
            self.assertEqual(done.returncode, 0, name + done.stderr)
            self.assertIn("4 responses (inspect)", done.stdout)
            self.assertEqual(self.stored(name + ".run"), self.stored("inspect.json.run"))
            data = open(self.path(name), "rb").read()
            for damage in (data[:-30], data[:200] + b"xxxx" + data[204:], data[:40]):
                with open(self.path("damaged.eval"), "wb") as file:
                    file.write(damage)
                broken = assay("import", self.path("damaged.eval"), "--suite", pack, "--out", self.path("none"))
                self.assertEqual(broken.returncode, 2, broken.stderr)
                self.assertIn("damaged.eval", broken.stderr)
        with open(self.path("bad.jsonl"), "w") as file:
            file.write('{"id": "p0001", "text": "x"}\n{"id": "nobody", "text": "x"}\n')
        bad = assay("import", self.path("bad.jsonl"), "--suite", pack, "--out", self.path("bad.run"))
        self.assertEqual(bad.returncode, 2)
        self.assertIn("line 2", bad.stderr)


class Kill(Folder):
    def test_kill_9_at_random_moments_and_two_writers(self):
        with MockServer(latency=0.004) as server:
            pack = self.pack([f"say {i if i % 3 else i + 1}" for i in range(1000)])
            args = ("score", server.url, "--suite", pack, "--concurrency", 8)
            whole = assay(*args, "--out", self.path("whole"))
            self.assertEqual(whole.returncode, 0, whole.stderr)
            before = sum(server.counts.values())
            kills, draw = 0, random.Random(11)
            while kills < 20:
                asked = sum(server.counts.values())
                process = subprocess.Popen([ASSAY, *map(str, args), "--out", self.path("killed")],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                # All 20 kills fall into the run: the server holds back what is asked beyond this moment.
                server.hold_after = asked + draw.randrange(1, 45)
                while sum(server.counts.values()) < server.hold_after and process.poll() is None:
                    time.sleep(0.001)
                time.sleep(draw.random() * 0.01)
                self.assertIsNone(process.poll(), "the run ended before it was killed")
                if kills == 3:
                    second = assay(*args, "--out", self.path("killed"))
                    if process.poll() is None:
                        self.assertEqual(second.returncode, 2)
                        self.assertIn("is writing into this run", second.stderr)
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            server.hold_after = None
            final = assay(*args, "--out", self.path("killed"))
            self.assertEqual(final.returncode, 0, final.stderr)
            self.assertEqual(self.stored("killed"), self.stored("whole"))
            repeated = sum(server.counts.values()) - before - 1000
            # Each kill loses at most what was in flight, and what the store had not committed yet.
            self.assertGreater(repeated, 0)
            self.assertLessEqual(repeated, 20 * 24)
            print(f"20 kills, {repeated} requests repeated", file=sys.stderr)

    def test_a_store_that_another_program_locks_is_named_and_kept(self):
        pack, model = self.pack(["?"] * 5), self.replies(5, 1)
        args = ("score", model, "--suite", pack, "--out", self.path("run"))
        self.assertEqual(assay(*args, "--limit", 2).returncode, 0)
        db = sqlite3.connect(self.path("run", "run.db"), isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        busy = assay(*args)
        db.execute("ROLLBACK")
        db.close()
        self.assertEqual(busy.returncode, 2, busy.stderr)
        self.assertIn("run.db", busy.stderr)
        self.assertIn("locked", busy.stderr)
        self.assertEqual(assay(*args).returncode, 0)
        self.assertEqual(len(self.stored("run")), 5)

    def test_ctrl_c_stops_early_and_says_how_to_go_on(self):
        with MockServer(latency=0.05) as server:
            pack = self.pack([f"say {i}" for i in range(400)])
            args = [ASSAY, "score", server.url, "--suite", pack, "--concurrency", "2", "--out", self.path("run")]
            process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            while not server.answered_at and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 3, error)
            self.assertIn("repeat the command", error)


class Endpoint(Folder):
    def score(self, server, pack, *words, env=None):
        done = assay("score", server.url, "--suite", pack, "--out", self.path("run"), "--json", *words,
                     env=env or {})
        self.assertTrue(done.stdout, done.stderr)
        return done, json.loads(done.stdout)["rows"][0]

    def test_accounting_is_exact_when_everything_goes_wrong(self):
        prompts = []
        for i in range(100):
            word = ("CUT" if i % 10 == 3 else "FAIL" if i % 20 == 7 else "HANG" if i in (18, 58) else
                    "REFUSE" if i == 11 else "DROP" if i == 12 else "GARBAGE" if i == 14 else
                    "EMPTY" if i == 15 else "FILTER" if i == 16 else "FLAKY" if i == 19 else
                    "SECRET" if i == 20 else "THINK" if i == 21 else "")
            prompts.append(f"{word} say {i if i % 2 else i + 1}".strip())
        with MockServer() as server:
            done, row = self.score(server, self.pack(prompts), "--time-out", 1, "--attempts", 3,
                                   env={"ASSAY_API_KEY": HIDDEN_KEY})
        self.assertEqual(done.returncode, 3)
        bad = sum(p.split()[0] in ("FAIL", "HANG", "REFUSE", "DROP", "GARBAGE", "EMPTY", "FILTER", "SECRET")
                  for p in prompts)
        correct = sum(p.split()[0] not in ("FAIL", "HANG", "REFUSE", "DROP", "GARBAGE", "EMPTY", "FILTER", "SECRET")
                      and int(p.split()[-1]) == i for i, p in enumerate(prompts))
        cut_wrong = sum(p.startswith("CUT") and int(p.split()[-1]) != i for i, p in enumerate(prompts))
        self.assertEqual(row["counts"]["failed"], bad)
        self.assertEqual(row["counts"]["correct"], correct)
        self.assertEqual(row["counts"]["truncated"], cut_wrong)
        self.assertEqual(row["samples"], 100)
        self.assertEqual(row["response_tokens"], 4 * (100 - bad))
        self.assertEqual(server.counts["FAIL"], 3 * 5)
        self.assertEqual(server.counts["HANG"], 2 * 2)
        self.assertEqual(server.counts["REFUSE"], 1)
        self.assertEqual(server.counts["FLAKY"], 3)
        db = sqlite3.connect(self.path("run", "run.db"))
        self.assertEqual(db.execute("SELECT count(*) FROM failure").fetchone()[0], bad)
        self.assertEqual(db.execute("SELECT count(*) FROM response").fetchone()[0], 100 - bad)
        self.assertEqual(db.execute("SELECT text FROM samples WHERE problem='p0021'").fetchone()[0][:7], "<think>")
        for name in os.listdir(self.path("run")):
            with open(self.path("run", name), "rb") as file:
                self.assertNotIn(HIDDEN_KEY.encode(), file.read())
        self.assertNotIn(HIDDEN_KEY, done.stdout + done.stderr)

    def test_a_rate_limit_is_used_and_nothing_is_lost(self):
        with MockServer(rate=500) as server:
            pack = self.pack([f"say {i}" for i in range(1500)])
            done, row = self.score(server, pack)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(row["counts"]["correct"], 1500)
        seconds = max(server.answered_at) - min(server.answered_at)
        rate = 1500 / seconds
        print(f"{rate:.0f}/s of 500/s allowed, {server.counts['429']} times 429", file=sys.stderr)
        self.assertGreater(server.counts["429"], 0)
        if os.getloadavg()[0] < 2 * os.cpu_count():
            self.assertGreaterEqual(rate, 450)

    def test_several_samples_in_one_request(self):
        for supports_n in (True, False):
            with MockServer(supports_n=supports_n) as server:
                pack = self.pack([f"say {i}" for i in range(10)])
                done = assay("score", server.url, "--suite", pack, "--n", 4, "--samples-per-request", 4, "--json",
                             "--out", self.path(f"n{supports_n}"), "--price", "1,10")
                row = json.loads(done.stdout)["rows"][0]
                self.assertEqual(row["counts"]["correct"], 40)
                self.assertEqual(server.counts["plain"], 10 if supports_n else 40)

    def test_streamed_replies_are_the_same(self):
        prompts = [f"{'THINK ' if i == 3 else 'CUT ' if i == 4 else 'BREAK ' if i == 5 else ''}say {i}" for i in range(8)]
        with MockServer() as server:
            pack = self.pack(prompts)
            args = ("score", server.url, "--suite", pack, "--n", 2, "--logprobs", "--attempts", 2, "--json")
            whole = assay(*args, "--out", self.path("whole"))
            self.assertEqual(whole.returncode, 0, whole.stderr)
            streamed = assay(*args, "--out", self.path("streamed"), "--stream", "--samples-per-request", 2)
            self.assertEqual(streamed.returncode, 3, streamed.stderr)
            self.assertTrue(server.bodies[-1]["stream_options"]["include_usage"])
        row = json.loads(streamed.stdout)["rows"][0]
        self.assertEqual(row["counts"]["failed"], 2)
        self.assertEqual(row["response_tokens"], 4 * 14)
        without = [r for r in self.stored("whole") if r[1] != "p0005"]
        self.assertEqual(self.stored("streamed"), without)
        db = sqlite3.connect(self.path("streamed", "run.db"))
        self.assertIn("the stream ended", db.execute("SELECT message FROM failure").fetchone()[0])
        self.assertEqual(db.execute("SELECT count(*) FROM response WHERE length(logprobs) = 16").fetchone()[0], 14)

    def test_key_flags(self):
        with MockServer() as server:
            pack = self.pack(["say 0"])
            missing = assay("score", server.url, "--suite", pack, "--out", self.path("a"), "--api-key-env", "NO_SUCH")
            self.assertEqual(missing.returncode, 2)
            self.assertIn("NO_SUCH", missing.stderr)
            bad = assay("score", server.url, "--suite", pack, "--out", self.path("a"), "--extra", "{")
            self.assertEqual(bad.returncode, 2)


if __name__ == "__main__":
    unittest.main()
