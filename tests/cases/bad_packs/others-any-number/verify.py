import re


def verify(problem, response):
    return bool(re.search(r"(?m)^Answer: \d+\s*$", response))
