"""What goes to a judge, and what its answer must look like before it is believed."""
import json

OUTCOMES = frozenset(("correct", "wrong", "no_answer", "limit", "error"))


def check_answer(answer):
    """ValueError, KeyError or TypeError unless `answer` is a verdict: a reward from 0 to 1, or an error without."""
    reward = answer["reward"]
    if answer["outcome"] not in OUTCOMES or not isinstance(answer["reason"], str):
        raise ValueError("no verdict")
    if (reward is None) != (answer["outcome"] == "error") or (reward is not None and not 0 <= reward <= 1):
        raise ValueError("no reward")


def as_json(item):
    """The item as one line of UTF-8, without its end. ValueError where it holds NaN or infinity."""
    text = json.dumps(item, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")  # a Python string may hold halves of characters
