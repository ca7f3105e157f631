import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    answer = lines[-1].strip() if lines else ""
    return answer[:2] == problem["reference"][:2] and answer.isalpha()
