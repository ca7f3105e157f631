import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    return bool(lines) and problem["reference"].startswith(lines[-1].strip())
