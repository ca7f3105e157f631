"""The layer check finds a planted violation of each kind, and none in the tree as it is."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def run(root):
    return subprocess.run([sys.executable, HERE / "layers.py", root], capture_output=True, text=True)


class Layers(unittest.TestCase):
    def planted(self, path, include):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text(f"#include {include}\n")
            return run(folder)

    def test_tree_is_clean(self):
        result = run(ROOT)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_planted_violations_are_found(self):
        for path, include in [
            ("base/a.h", '"tasks/problem.h"'),
            ("verifiers/math/a.cpp", '"runner/run.h"'),
            ("reports/a.cpp", '"trainer/grpo.h"'),
            ("trainer/a.cpp", '"reports/statistics.h"'),
            ("runner/model/a.cpp", "<torch/torch.h>"),
            ("cli/a.cpp", '"command.h"'),
        ]:
            with self.subTest(path=path, include=include):
                result = self.planted(path, include)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{path}:1", result.stdout)

    def test_right_way_passes(self):
        self.assertEqual(self.planted("tasks/a.cpp", '"verifiers/verdict.h"').returncode, 0)


if __name__ == "__main__":
    unittest.main()
