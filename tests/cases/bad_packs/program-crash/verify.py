import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    return bool(lines) and int(lines[-1]) == int(problem["reference"])
