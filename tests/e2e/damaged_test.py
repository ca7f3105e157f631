"""Broken checkpoints, packs and disks: one clear sentence that names what and where, status 2, nothing lost."""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["ASSAY_SOURCE_DIR"], "tests", "support"))
import tiny_checkpoint  # noqa: E402

ASSAY = os.environ["ASSAY"]
WEIGHTS = "model.safetensors"


def assay(*words):
    return subprocess.run([ASSAY, *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=300)


class Damaged(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = holder.name

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def score(self, model, *more):
        return assay("score", model, "--suite", "starter", "--limit", 2, "--max-tokens", 4, "--out", self.path("run"),
                     *more)

    def refused(self, model, *words, flags=()):
        """Status 2, one line on standard error with all of `words`, no run folder left behind."""
        done = self.score(model, *flags)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse(os.path.exists(self.path("run")))

    def edit(self, folder, name, change):
        file = os.path.join(folder, name)
        with open(file) as source:
            value = json.load(source)
        change(value)
        with open(file, "w") as sink:
            json.dump(value, sink)

    def test_the_whole_checkpoint_works(self):
        done = self.score(tiny_checkpoint.make(self.path("tiny")))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_truncated_safetensors(self):
        folder = tiny_checkpoint.make(self.path("tiny"))
        size = os.path.getsize(os.path.join(folder, WEIGHTS))
        for length in (size - 1, size // 2, 20, 4, 0):
            os.truncate(os.path.join(folder, WEIGHTS), length)
            self.refused(folder, WEIGHTS)

    def test_safetensors_with_a_hostile_header(self):
        folder = tiny_checkpoint.make(self.path("tiny"))
        for head in (b"\xff" * 8, struct.pack("<Q", 1 << 40), struct.pack("<Q", 2) + b"[]",
                     struct.pack("<Q", 60) + b'{"a":{"dtype":"F32","shape":[9,9],"data_offsets":[0,4]}}   '):
            with open(os.path.join(folder, WEIGHTS), "wb") as file:
                file.write(head)
            self.refused(folder, WEIGHTS)

    def test_corrupt_gguf(self):
        good = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + struct.pack("<Q", 20) + b"general.architecture"
        for name, data in (("magic", b"GGML" + b"\0" * 60), ("empty", b""), ("short", good[:30]),
                           ("version", b"GGUF" + struct.pack("<IQQ", 99, 1, 1)),
                           ("counts", b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60)),
                           ("string", good + struct.pack("<IQ", 8, 1 << 62) + b"llama")):
            file = self.path(name + ".gguf")
            with open(file, "wb") as sink:
                sink.write(data)
            self.refused(file, name + ".gguf")

    def test_a_truncated_copy_of_the_default_model(self):
        cache = os.environ.get("ASSAY_CACHE") or os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "assay")
        models = os.path.join(cache, "models")
        files = [f for f in os.listdir(models) if f.endswith(".gguf")] if os.path.isdir(models) else []
        if not files:
            self.skipTest("the default model is not here")
        copy = self.path("cut.gguf")
        shutil.copy(os.path.join(models, files[0]), copy)
        os.truncate(copy, os.path.getsize(copy) - 1000)
        self.refused(copy, "cut.gguf")

    def test_unknown_architecture(self):
        folder = tiny_checkpoint.make(self.path("tiny"))
        self.edit(folder, "config.json", lambda c: c.update(model_type="mamba9", architectures=["Mamba9ForCausalLM"]))
        self.refused(folder, "config.json", "mamba9")

    def test_missing_parts(self):
        for name in ("tokenizer.json", "config.json", WEIGHTS):
            folder = tiny_checkpoint.make(self.path(name.split(".")[0] + name[-4:]))
            os.remove(os.path.join(folder, name))
            self.refused(folder, name)

    def test_malformed_tokenizer(self):
        folder = tiny_checkpoint.make(self.path("tiny"))
        with open(os.path.join(folder, "tokenizer.json"), "w") as file:
            file.write("{\n")
        self.refused(folder, "tokenizer.json")

    def test_a_missing_template_stops_with_a_fix(self):
        folder = tiny_checkpoint.make(self.path("tiny"), template=None)
        self.refused(folder, "starter/", "chat template", "--style completion")
        done = self.score(folder, "--style", "completion")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_doubled_bos_stops_with_a_fix(self):
        folder = tiny_checkpoint.make(self.path("tiny"))
        self.refused(folder, "starter/", "2 BOS tokens", "--template",
                     flags=("--style", "completion", "--template", "<s>{prompt}"))
        twice = tiny_checkpoint.make(self.path("twice"), template="<s><s>{{ messages[0].content }}")
        self.refused(twice, "2 BOS tokens", "chat template")

    def test_preflight_shows_the_exact_prompt(self):
        folder = tiny_checkpoint.make(self.path("tiny"), template="<s>Q: {{ messages[0].content }}\nA:")
        done = self.score(folder, "--preflight", "--json", "--template", "{prompt}!")
        self.assertEqual(done.returncode, 0, done.stderr)
        one = json.loads(done.stdout)[0]
        self.assertEqual(one["bos"], 1)
        self.assertEqual(one["ids"][0], tiny_checkpoint.BOS)
        self.assertEqual(bytes(one["ids"][1:]).decode(), one["text"][3:])
        self.assertTrue(one["text"].endswith("!\nA:"))
        self.assertEqual(len(one["template_sha256"]), 64)
        self.assertEqual((one["max_tokens"], one["problems"]), (4, 2))
        self.assertFalse(os.path.exists(self.path("run")))
        shown = self.score(folder, "--preflight").stdout
        for word in ("template  sha256", "BOS       1 at the start", "stop ", "budget    4 new tokens", "context 512"):
            self.assertIn(word, shown)

    def test_a_prompt_longer_than_the_context(self):
        folder = tiny_checkpoint.make(self.path("tiny"))
        self.refused(folder, "context 512", flags=("--system", "x" * 600))

    def test_malformed_problem_lines(self):
        os.mkdir(self.path("demo"))
        head = {"name": "demo", "version": "1.0.0", "licence": "CC0-1.0", "source": "test", "description": "test",
                "canary": "canary demo 7c1d"}
        good = '{"id": "a", "prompt": "?", "reference": "1", "domain": "math", "verifier": {"kind": "numeric"}}\n'
        with open(self.path("replies.jsonl"), "w") as file:
            file.write('{"problem": "demo/a", "response": "1"}\n')
        for bad in ('{"id": "b"', '{"id": "b", "promt": "?"}', '[]', '{"id": "a", "prompt": "?"}',
                    '{"id": "b", "prompt": "?", "reference": "1", "verifier": {"kind": "numerik"}}'):
            with open(self.path("demo", "pack.json"), "w") as file:
                json.dump(head, file)
            with open(self.path("demo", "problems.jsonl"), "w") as file:
                file.write(good + bad + "\n")
            done = assay("score", "replay:" + self.path("replies.jsonl"), "--suite", self.path("demo"),
                         "--out", self.path("run"))
            self.assertEqual(done.returncode, 2, bad + done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertTrue("line 2" in done.stderr or "demo/b" in done.stderr, done.stderr)
            self.assertFalse(os.path.exists(self.path("run")))

    def test_a_read_only_output_folder(self):
        if os.geteuid() == 0:  # root writes everywhere but on a file system that is read-only
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", self._made("ro")],
                                     capture_output=True)
            if mounted.returncode != 0:
                self.skipTest("this root may not mount")
            self.addCleanup(subprocess.run, ["umount", self.path("ro")], check=True)
        else:
            os.chmod(self._made("ro"), 0o555)
        done = assay("score", tiny_checkpoint.make(self.path("tiny")), "--suite", "starter", "--limit", 1,
                     "--max-tokens", 2, "--out", self.path("ro", "run"))
        self.assertEqual(done.returncode, 2)
        self.assertIn(self.path("ro", "run"), done.stderr)
        complaints = [line for line in done.stderr.splitlines() if line.startswith("assay: ")]
        self.assertEqual(len(complaints), 1, done.stderr)

    def _made(self, name):
        os.mkdir(self.path(name))
        return self.path(name)

    def test_a_damaged_store_is_named_and_kept(self):
        model = tiny_checkpoint.make(self.path("tiny"))
        self.assertEqual(self.score(model).returncode, 0)
        with open(self.path("run", "run.db"), "r+b") as file:
            file.write(b"not a database at all")
        before = self.bytes_of("run.db")
        for words in (("report", self.path("run")), ("compare", self.path("run"), self.path("run")),
                      ("regrade", self.path("run"), "--profile", "suite")):
            done = assay(*words)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("run.db", done.stderr)
        self.assertEqual(self.score(model).returncode, 2)
        self.assertEqual(self.bytes_of("run.db"), before)

    def bytes_of(self, name):
        with open(self.path("run", name), "rb") as file:
            return file.read()


if __name__ == "__main__":
    unittest.main()
