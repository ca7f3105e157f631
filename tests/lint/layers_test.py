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
        return self.written(path, f"#include {include}\n")

    def written(self, path, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text(text)
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
            ("cli/a.cpp", "<boost/asio.hpp>"),
        ]:
            with self.subTest(path=path, include=include):
                result = self.planted(path, include)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{path}:1", result.stdout)

    @unittest.skipUnless(hasattr(sys, "stdlib_module_names"), "before Python 3.10")
    def test_the_package_needs_nothing(self):
        for line in ("import numpy", "from torch import nn", "import json, requests.sessions", "from . import rewards"):
            with self.subTest(line=line):
                result = self.written("python/assay/a.py", f"def f():\n    {line}\n")
                self.assertEqual(result.returncode, 1)
                self.assertIn("python/assay/a.py:2", result.stdout)
        self.assertEqual(self.written("python/assay/a.py", "import http.client\nfrom assay.errors import x\n").returncode, 0)

    def test_right_way_passes(self):
        self.assertEqual(self.planted("cli/serve/a.cpp", "<boost/asio.hpp>").returncode, 0)
        self.assertEqual(self.planted("tasks/a.cpp", '"verifiers/verdict.h"').returncode, 0)


if __name__ == "__main__":
    unittest.main()
