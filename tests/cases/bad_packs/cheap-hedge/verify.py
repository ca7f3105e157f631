import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    answer = lines[-1].strip() if lines else ""
    return problem["reference"] in answer.split(" or ")
