"""assay.tasks and assay.sandbox: suites as rows, and programs that run contained."""
import unittest

import assay
from assay import program, rewards, sandbox, tasks


class Tasks(unittest.TestCase):
    def test_problems(self):
        problems = tasks.problems("starter")
        self.assertEqual(len(problems), 64)
        first = problems[0]
        self.assertEqual((first["id"], first["reference"], first["verifier"]["kind"]), ("math-01", "12", "numeric"))
        self.assertIn("7 + 5", first["full_prompt"] if isinstance(first["full_prompt"], str)
                      else first["full_prompt"][-1]["content"])
        with self.assertRaisesRegex(assay.JudgeError, "starter"):
            tasks.problems("startr")
        with self.assertRaises(assay.JudgeError):
            tasks.problems("starter/math-01")

    def test_rows_are_judged_by_their_problem(self):
        for suite in ("starter", "assay-mini"):
            with self.subTest(suite=suite):
                rows = tasks.rows(suite)[:64]
                self.assertEqual(len(rows), 64)
                self.assertEqual({message["role"] for row in rows for message in row["prompt"]} - {"system"}, {"user"})
                reward = rewards.trl_reward(problem_column="problem", on_error="raise")
                got = reward(completions=["I do not know."] * len(rows), problem=[row["problem"] for row in rows])
                self.assertEqual(set(got), {0.0})
        known = {row["problem"]: row for row in tasks.rows("starter")}["starter/math-01"]
        self.assertEqual(reward(completions=["The answer is 12."], problem=[known["problem"]]), [1.0])


class Sandbox(unittest.TestCase):
    def test_endings(self):
        done = sandbox.run("print(input() * 2)", stdin="ab\n")
        self.assertTrue(done.succeeded)
        self.assertEqual((done.ending, done.exit_code, done.stdout, done.stderr), ("exited", 0, "abab\n", ""))
        self.assertIn("seccomp", done.layers)
        done = sandbox.run("import sys\nprint('x', file=sys.stderr)\nsys.exit(3)")
        self.assertEqual((done.succeeded, done.exit_code, done.stderr), (False, 3, "x\n"))
        spun = sandbox.run("while True: pass", cpu_ms=100)
        self.assertEqual((spun.ending, spun.exit_code, spun.succeeded), ("cpu_limit", None, False))
        self.assertEqual(sandbox.run(b"print('x' * 5000)", output_kb=1).ending, "output_limit")

    def test_what_cannot_run_is_no_ending(self):
        with self.assertRaisesRegex(assay.JudgeError, "pyton"):
            sandbox.run("", "pyton")


class Version(unittest.TestCase):
    def test_program_and_package_are_one(self):
        self.assertEqual(program.run(["--version"]).decode().strip(), assay.__version__)


if __name__ == "__main__":
    unittest.main()
