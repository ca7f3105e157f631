"""assay.rewards: what trainers call; an error is never a reward."""
import importlib.metadata
import os
import unittest
from unittest import mock

import assay
from assay import rewards


class Trl(unittest.TestCase):
    prompts = ["p", "p", "p"]

    def test_texts(self):
        reward = rewards.trl_reward("math")
        got = reward(prompts=self.prompts, completions=["\\boxed{1/2}", "\\boxed{3}", "I do not know."],
                     completion_ids=[[1], [2], [3]], reference=["0.5", "4", "4"], trainer_state=object())
        self.assertEqual(got, [1.0, 0.0, 0.0])
        self.assertEqual(reward.__name__, "assay_math")

    def test_messages(self):
        reward = rewards.trl_reward({"kind": "choice"}, reference="solution", name="mine")
        completions = [
            [{"role": "assistant", "content": "(B)"}],
            [{"role": "assistant", "content": "(A)"}, {"role": "tool", "content": "(A)"},
             {"role": "assistant", "content": [{"type": "text", "text": "The answer is (B)."}]}],
            [{"role": "assistant", "content": None}],
        ]
        self.assertEqual(reward(self.prompts, completions, solution=["B", "B", "B"]), [1.0, 1.0, 0.0])
        self.assertEqual(reward.__name__, "mine")

    def test_columns_of_verifiers_and_problems(self):
        # As Arrow gives them: every row's keys, None where a row has none.
        kinds = [{"kind": "numeric", "rel": 0.5}, {"kind": "exact", "rel": None}, "choice"]
        reward = rewards.trl_reward(verifier_column="verifier")
        got = reward(completions=["1.2", "abc", "C"], reference=["1", "abc", "C"], verifier=kinds)
        self.assertEqual(got, [1.0, 1.0, 1.0])
        reward = rewards.trl_reward(verifier_column="verifier")
        self.assertEqual(reward(completions=["7"], reference=[7], verifier=['{"kind": "numeric"}']), [1.0])
        reward = rewards.trl_reward(problem_column="problem")
        self.assertEqual(reward(completions=["The answer is 12.", "The answer is 13."],
                                problem=["starter/math-01"] * 2), [1.0, 0.0])

    def test_an_error_is_no_reward(self):
        reward = rewards.trl_reward(verifier_column="v")
        logged = {}
        with mock.patch.object(rewards.importlib.metadata, "version", lambda _: "1.16.0"):
            reward = rewards.trl_reward(verifier_column="v")
        got = reward(completions=["1", "1", "2"], reference=["1", "1", "1"], v=["exact", "nonsense", "exact"],
                     log_extra=lambda name, values: logged.update({name: values}),
                     log_metric=lambda name, value: logged.update({name: value}))
        self.assertEqual(got, [1.0, None, 0.0])
        self.assertEqual(logged, {"assay_outcome": ["correct", "error", "wrong"], "assay/error_share": 1 / 3})
        reward = rewards.trl_reward(verifier_column="v", on_error="raise")
        with self.assertRaises(assay.VerdictError) as caught:
            reward(completions=["1", "1"], reference=["1", "1"], v=["exact", "nonsense"])
        self.assertIn("1 of 2", str(caught.exception))
        self.assertEqual(caught.exception.verdicts[0].outcome, "error")

    def test_a_trl_that_counts_none_as_zero_is_refused(self):
        for version, fits in (("0.29.1", False), ("1.15.2", False), ("1.16.0", True), ("1.20.0.dev0", True),
                              ("2.0", True)):
            with mock.patch.object(rewards.importlib.metadata, "version", lambda _, v=version: v):
                rewards.trl_reward(on_error="raise")
                if fits:
                    rewards.trl_reward()
                else:
                    with self.assertRaises(ValueError):
                        rewards.trl_reward()
        with mock.patch.object(rewards.importlib.metadata, "version",
                               side_effect=importlib.metadata.PackageNotFoundError):
            rewards.trl_reward()

    def test_bad_calls_are_named(self):
        reward = rewards.trl_reward()
        with self.assertRaisesRegex(KeyError, "reference"):
            reward(completions=["1"], solution=["1"])
        with self.assertRaisesRegex(ValueError, "2 rows for 1"):
            reward(completions=["1"], reference=["1", "2"])
        with self.assertRaises(ValueError):
            rewards.trl_reward(on_error="zero")

    def test_a_judge_that_fails_is_no_reward(self):
        with assay.Verifier(url="", program="/nonexistent/assay") as broken:
            with self.assertRaises(assay.JudgeError):
                rewards.trl_reward(judge=broken)(completions=["1"], reference=["1"])


class Verl(unittest.TestCase):
    def test_one(self):
        self.assertEqual(rewards.compute_score("math", "\\boxed{0.5}", "1/2"), 1.0)
        self.assertEqual(rewards.compute_score(data_source="math", solution_str="\\boxed{0.6}", ground_truth="1/2",
                                               extra_info={"index": 3, "problem": "What is 1/2?"}), 0.0)
        self.assertEqual(rewards.compute_score("q", "(B)", "B", {"assay_verifier": "choice"}), 1.0)
        self.assertEqual(rewards.compute_score("q", "(B)", "B", None, verifier={"kind": "choice"}, other=1), 1.0)
        self.assertEqual(rewards.compute_score("q", "The answer is 12.", None,
                                               {"assay_problem": "starter/math-01"}), 1.0)

    def test_many(self):
        got = rewards.compute_score_batch(data_sources=["a"] * 3, solution_strs=["1", "2", "(C)"],
                                          ground_truths=["1", 1, "C"],
                                          extra_infos=[{}, None, {"assay_verifier": {"kind": "choice"}}])
        self.assertEqual(got, [1.0, 0.0, 1.0])

    def test_an_error_is_raised(self):
        with self.assertRaises(assay.VerdictError):
            rewards.compute_score("q", "1", "1", verifier="nonsense")
        with self.assertRaises(assay.VerdictError):
            rewards.compute_score("q", "1", "")


if __name__ == "__main__":
    os.environ.pop("ASSAY_URL", None)
    unittest.main()
