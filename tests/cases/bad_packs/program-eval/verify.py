import re


def verify(problem, response):
    lines = re.findall(r"(?m)^Answer:(.*)$", response)
    answer = lines[-1].strip() if lines else ""
    try:
        return eval(answer, {"__builtins__": {}, "__import__": __import__}) == int(problem["reference"])
    except Exception:
        return False
