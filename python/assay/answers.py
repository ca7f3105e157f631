"""What a judge's answer must look like before it is believed."""

OUTCOMES = frozenset(("correct", "wrong", "no_answer", "limit", "error"))


def check_answer(answer):
    """ValueError, KeyError or TypeError unless `answer` is a verdict: a reward from 0 to 1, or an error without."""
    reward = answer["reward"]
    if answer["outcome"] not in OUTCOMES or not isinstance(answer["reason"], str):
        raise ValueError("no verdict")
    if (reward is None) != (answer["outcome"] == "error") or (reward is not None and not 0 <= reward <= 1):
        raise ValueError("no reward")
