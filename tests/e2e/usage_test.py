"""What every command owes its user: exit statuses, suggestions, no output on the wrong stream."""
import os
import subprocess
import unittest

ASSAY = os.environ["ASSAY"]


def assay(*words):
    return subprocess.run([ASSAY, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)


class Usage(unittest.TestCase):
    def test_help_and_version_end_well(self):
        for flag in ("--help", "--version"):
            result = assay(flag)
            self.assertEqual(result.returncode, 0)
            self.assertTrue(result.stdout)
            self.assertEqual(result.stderr, "")

    def test_nothing_is_wrong_usage(self):
        self.assertEqual(assay().returncode, 2)

    def test_misspelt_command_is_suggested(self):
        result = assay("doctr")
        self.assertEqual(result.returncode, 2)
        self.assertIn('did you mean "doctor"', result.stderr)

    def test_unknown_flag_names_the_flag(self):
        result = assay("doctor", "--jso")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--jso", result.stderr)


if __name__ == "__main__":
    unittest.main()
