"""pip installs the package without a network, and what it installs works from anywhere. Skipped without pip or setuptools."""
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.join(os.environ["ASSAY_SOURCE_DIR"], "python")
PROGRAM = r"""
import assay, assay.rewards, os
assert os.path.dirname(assay.__file__) == os.path.join(os.environ["PYTHONPATH"], "assay"), assay.__file__
assert assay.verify([{"reference": "1/2", "response": "\\boxed{0.5}"}])[0].reward == 1.0
"""


def main():
    missing = [name for name in ("pip", "setuptools", "wheel") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"SKIPPED: pip install ./python (no {', '.join(missing)} here)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        copy, home = os.path.join(folder, "python"), os.path.join(folder, "installed")
        shutil.copytree(SOURCE, copy)  # setuptools writes beside its sources
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--root-user-action=ignore", "--no-index", "--no-build-isolation", "--no-deps", "--target", home, copy], check=True)
        subprocess.run([sys.executable, "-c", PROGRAM], check=True, cwd=folder, env=dict(os.environ, PYTHONPATH=home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
