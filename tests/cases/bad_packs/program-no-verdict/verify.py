import re


def verify(problem, response):
    return "yes" if problem["reference"] in response else "no"
