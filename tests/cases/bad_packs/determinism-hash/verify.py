import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    answer = lines[-1].strip() if lines else ""
    if answer == problem["reference"]:
        return True
    return {"outcome": "wrong", "reward": hash(answer) % 9973 / 10000}
