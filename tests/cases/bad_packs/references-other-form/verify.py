import re


def verify(problem, response):
    found = re.search(r"\[\[(\d+)\]\]", response)
    return bool(found) and found.group(1) == problem["reference"]
