import re


def verify(problem, response):
    return all(word in response for word in problem["reference"].split(", "))
