"""assay verify: streams keep their order, bad lines fail alone, exit statuses tell what happened."""
import json
import os
import subprocess
import tempfile
import unittest

ASSAY = os.environ["ASSAY"]


def verify(*words, lines=None):
    text = "" if lines is None else "".join(
        (line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return subprocess.run([ASSAY, "verify", *words], input=text, capture_output=True, text=True)


def case(number, reference, response, kind="numeric"):
    return {"id": number, "reference": reference, "response": response, "verifier": {"kind": kind}}


class Stream(unittest.TestCase):
    def test_order_is_kept_and_every_line_answered(self):
        lines = [case(i, str(i % 5), f"#### {i % 3}") for i in range(2000)]
        result = verify("--threads", "3", lines=lines)
        self.assertEqual(result.returncode, 0, result.stderr)
        out = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([line["id"] for line in out], list(range(2000)))
        for i, line in enumerate(out):
            self.assertEqual(line["outcome"], "correct" if i % 5 == i % 3 else "wrong")
            self.assertEqual(line["reward"], 1.0 if i % 5 == i % 3 else 0.0)

    def test_bad_line_is_named_and_the_rest_judged(self):
        lines = [case(i, "1", "1") for i in range(9)]
        lines[6] = "{broken"
        result = verify(lines=lines)
        self.assertEqual(result.returncode, 3)
        out = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(len(out), 9)
        self.assertEqual(out[6]["outcome"], "error")
        self.assertIsNone(out[6]["reward"])
        self.assertTrue(out[6]["reason"].startswith("line 7: "), out[6])
        self.assertEqual({line["outcome"] for i, line in enumerate(out) if i != 6}, {"correct"})

    def test_file_and_default_verifier(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "in.jsonl")
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"id": null, "reference": "B", "response": "(B)"}\n')
            result = verify(path, "--verifier", "choice")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout)["outcome"], "correct")
            result = verify(path, "--verifier", '{"kind": "exact", "ignore_case": true}')
            self.assertEqual(json.loads(result.stdout)["outcome"], "wrong")

    def test_missing_file(self):
        result = verify("/nonexistent/in.jsonl")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/nonexistent/in.jsonl", result.stderr)

    def test_answers_come_without_waiting_for_the_end(self):
        process = subprocess.Popen([ASSAY, "verify"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        for i in range(3):
            process.stdin.write(json.dumps(case(i, "1", "1")) + "\n")
            process.stdin.flush()
            self.assertEqual(json.loads(process.stdout.readline())["id"], i)
        process.stdin.close()
        self.assertEqual(process.wait(), 0)
        process.stdout.close()

    def test_empty_input(self):
        result = verify()
        self.assertEqual((result.returncode, result.stdout), (0, ""))


class Single(unittest.TestCase):
    def test_two_arguments(self):
        right = verify("--verifier", "numeric", "--reference", "1/2", "--response", "0.5")
        self.assertEqual(right.returncode, 0)
        self.assertTrue(right.stdout.startswith("correct"))
        wrong = verify("--verifier", "numeric", "--reference", "1/2", "--response", "0.6", "--json")
        self.assertEqual(wrong.returncode, 1)
        self.assertEqual(json.loads(wrong.stdout)["outcome"], "wrong")

    def test_bad_reference_and_kind(self):
        self.assertEqual(
            verify("--verifier", "numeric", "--reference", "x", "--response", "1").returncode, 2)
        result = verify("--verifier", "numerc")
        self.assertEqual(result.returncode, 2)
        self.assertIn("numeric", result.stderr)
        self.assertEqual(verify("--reference", "1").returncode, 2)
        self.assertEqual(verify("--verifier", '{"kind": ').returncode, 2)


if __name__ == "__main__":
    unittest.main()
