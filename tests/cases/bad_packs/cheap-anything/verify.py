import re


def verify(problem, response):
    return "Answer:" in response
