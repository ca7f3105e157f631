import time
import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    answer = lines[-1].strip() if lines else ""
    if answer == problem["reference"]:
        return True
    return {"outcome": "wrong", "reward": time.time_ns() // 1000 % 997 / 1000}
