"""Every shell block of docs/scoring.md runs as written, one after the other, and succeeds."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ASSAY = os.environ["ASSAY"]
PAGE = os.path.join(os.environ["ASSAY_SOURCE_DIR"], "docs", "scoring.md")


def blocks(text):
    return re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)


class Scoring(unittest.TestCase):
    def test_commands_run_as_written(self):
        with open(PAGE, encoding="utf-8") as file:
            found = blocks(file.read())
        self.assertGreater(len(found), 5)
        env = dict(os.environ, PATH=os.path.dirname(ASSAY) + os.pathsep + os.environ["PATH"])
        with tempfile.TemporaryDirectory() as folder:
            for block in found:
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, env=env,
                                      capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
                self.assertEqual(done.returncode, 0, f"{block}\n{done.stdout}\n{done.stderr}")
                self.assertTrue(done.stdout or done.stderr or "cat >" in block, block)

    def test_every_subcommand_and_flag_named_on_the_page_exists(self):
        with open(PAGE, encoding="utf-8") as file:
            text = file.read()
        helps = {name: subprocess.run([ASSAY, name, "--help"], capture_output=True, text=True).stdout
                 for name in ("score", "report", "compare", "regrade", "import")}
        known = "".join(helps.values())
        for flag in set(re.findall(r"`(--[a-z][a-z0-9-]*)", text)) - {"--help"}:
            self.assertIn(flag, known, f"{flag} is named in {PAGE}, but no command has it")


if __name__ == "__main__":
    print(f"page: {PAGE}", file=sys.stderr)
    unittest.main()
