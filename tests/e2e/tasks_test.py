"""assay tasks new, check, generate and list as a contributor uses them."""
import hashlib
import json
import os
import subprocess
import tempfile
import unittest

ASSAY = os.environ["ASSAY"]
ROOT = os.environ["ASSAY_SOURCE_DIR"]
BAD = os.path.join(ROOT, "tests", "cases", "bad_packs")


def tasks(*words):
    return subprocess.run([ASSAY, "tasks", *map(str, words)], capture_output=True, text=True, timeout=600)


class Pack(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.pack = os.path.join(holder.name, "my-pack")

    def add(self, **problem):
        with open(os.path.join(self.pack, "problems.jsonl"), "a") as file:
            file.write(json.dumps(problem) + "\n")

    def test_new_then_edit_then_check(self):
        self.assertEqual(tasks("new", self.pack).returncode, 0)
        self.assertEqual(tasks("check", self.pack).returncode, 0)
        self.add(id="mine", prompt="Write \"golf\" backwards.\n\nEnd with a line \"Answer:\" followed by the word.",
                 reference="flog", domain="logic", level=1)
        good = tasks("check", "--seal", self.pack)
        self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
        self.add(id="leaky", prompt="Write \"drab\" backwards. Answer: bard", reference="bard")
        bad = tasks("check", self.pack)
        self.assertEqual(bad.returncode, 1)
        self.assertIn("leaky: the prompt states the answer", bad.stdout)
        self.assertIn("was edited after the pack was sealed", bad.stdout)
        self.assertEqual(tasks("show", self.pack + "/mine").returncode, 2)  # sealed, then edited
        self.assertEqual(tasks("check", "--seal", self.pack).returncode, 1)
        self.assertEqual(tasks("show", self.pack + "/mine").returncode, 0)

    def test_json_card(self):
        card = json.loads(tasks("check", "--json", os.path.join(BAD, "leak-remark")).stdout)
        self.assertFalse(card["passed"])
        failed = [check for check in card["checks"] if check["status"] == "failed"]
        self.assertEqual([check["check"] for check in failed], ["leak"])
        self.assertIn("p2", failed[0]["findings"][0])

    def test_exit_statuses(self):
        self.assertEqual(tasks("check", os.path.join(BAD, "schema-broken-json")).returncode, 1)
        self.assertEqual(tasks("check", self.pack).returncode, 2)
        self.assertEqual(tasks("check", "no-such-suite").returncode, 2)
        self.assertEqual(tasks("check").returncode, 2)
        self.assertEqual(tasks("new", self.pack, "--verifier", "exakt").returncode, 2)
        self.assertEqual(tasks("new", self.pack, "--name", "No Name").returncode, 2)
        self.assertEqual(tasks("check", "--list").returncode, 0)

    def test_generate_writes_a_pack_that_passes(self):
        made = tasks("generate", "--family", "gcd_lcm,sudoku", "--level", "3..7", "--count", 40, "--prove",
                     "--out", self.pack)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("40 references and proofs hold, 0 do not", made.stderr)
        with open(os.path.join(self.pack, "problems.jsonl"), "rb") as file:
            lines = file.read()
        levels = {json.loads(line)["level"] for line in lines.splitlines()}
        self.assertEqual(levels, {3, 4, 5, 6, 7})
        with open(os.path.join(self.pack, "pack.json")) as file:
            self.assertEqual(json.load(file)["files"]["problems.jsonl"], hashlib.sha256(lines).hexdigest())
        card = tasks("check", self.pack)
        self.assertEqual(card.returncode, 0, card.stdout)

    def test_list_shows_licence_size_version_and_domain(self):
        suites = {suite["name"]: suite for suite in json.loads(tasks("list", "--json").stdout)}
        starter = suites["starter"]
        self.assertEqual((starter["licence"], starter["version"], starter["domain"]), ("Apache-2.0", "1.0.0", "mixed"))
        self.assertGreater(starter["bytes"], 10_000)
        self.assertIn("gsm8k", suites)
        self.assertIn("Apache-2.0", tasks("list").stdout)


if __name__ == "__main__":
    unittest.main()
