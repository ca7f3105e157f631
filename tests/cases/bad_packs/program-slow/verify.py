import re


def verify(problem, response):
    if re.match(r"(\w+)+:$", response[:400]):
        return False
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    answer = lines[-1].strip() if lines else ""
    return answer == problem["reference"]
