"""assay's suites as data for trainers."""
import json
from typing import Iterable, List, Optional

from assay import program as program_module


def problems(suite: str, *, data: Iterable[str] = (), program: Optional[str] = None) -> List[dict]:
    """The problems of a suite or of a pack's folder: "id", "reference", "verifier", "full_prompt" (what a model is asked,
    text or messages) and what else the suite says. `data`: folders with the data files of public suites."""
    words = ["tasks", "show", suite, "--problems"]
    for folder in data:
        words += ["--data", folder]
    return [json.loads(line) for line in program_module.run(words, program).splitlines()]


def rows(suite: str, *, data: Iterable[str] = (), program: Optional[str] = None) -> List[dict]:
    """The same as rows of a trainer's data set: "prompt" (messages) and "problem" ("suite/id"), by which
    `trl_reward(problem_column="problem")` judges. The reference stays out of the trainer's sight."""
    made = []
    for problem in problems(suite, data=data, program=program):
        asked = problem["full_prompt"]
        messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        made.append({"prompt": messages, "problem": f"{suite}/{problem['id']}"})
    return made
