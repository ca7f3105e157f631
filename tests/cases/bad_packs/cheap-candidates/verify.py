import re


def verify(problem, response):
    words = re.findall(r"\d+", response)
    return problem["reference"] in words
