"""Prompts of assay-10k, solved from their text alone: what is asked must be what is judged.

A family proves its reference from the parameters that it drew, so a prompt that leaves one of them out would pass. Here
every prompt of some families is read as a person reads it, solved in a few lines, and held against the reference.
"""
import collections
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction


def numbers(text):
    return [int(word) for word in re.findall(r"-?\d+", text)]


def found(pattern, text):
    match = re.search(pattern, text)
    return [int(group) for group in match.groups()] if match else None


def holds(word, value, bound):
    return {"exactly": value == bound, "at least": value >= bound, "at most": value <= bound}[word]


def condition(text):
    """"at least 3" -> ("at least", 3)."""
    match = re.search(r"(exactly|at least|at most) (\d+)", text)
    return match[1], int(match[2])


def arithmetic_series(text):
    if match := found(r"begins with (-?\d+) and each term is (\d+) more.*the (\d+)-th", text):
        first, step, n = match
        return first + (n - 1) * step
    if match := found(r"starts with (-?\d+), (-?\d+), .*term number (\d+)", text):
        return match[0] + (match[2] - 1) * (match[1] - match[0])
    if match := found(r"term of an arithmetic sequence is (-?\d+) and its common difference is (-?\d+).*first (\d+)", text):
        return sum(match[0] + i * match[1] for i in range(match[2]))
    if match := found(r"starts with (-?\d+), (-?\d+), .*first (\d+) terms", text):
        return sum(match[0] + i * (match[1] - match[0]) for i in range(match[2]))
    first, second, last = found(r"\((-?\d+) \+ \((-?\d+)\) .* \+ \((-?\d+)\)\\\)", text)
    return sum(range(first, last + (1 if second > first else -1), second - first))


def base_conversion(text):
    match = re.search(r"(?:Convert \\\(|The number |number as )(\w+?)(?:_\{| is written in base | in base )(\d+)", text)
    to = int((re.search(r"to base (\d+)", text) or re.search(r"base-(\d+)", text) or re.search(r"it in base (\d+)", text))[1])
    value, digits = int(match[1], int(match[2])), ""
    while value:
        value, digit = divmod(value, to)
        digits = "0123456789ABCDEF"[digit] + digits
    return int(digits)


def chinese_remainder(text):
    pairs = re.findall(r"equiv (\d+) \\pmod\{(\d+)\}", text) or re.findall(r"remainder (\d+) when divided by (\d+)", text)
    value, step = 0, 1
    for remainder, modulus in ((int(a), int(b)) for a, b in pairs):
        while value % modulus != remainder:
            value += step
        step = math.lcm(step, modulus)
    return value


def coin_change(text):
    total, = found(r"value (\d+)\?", text) or found(r"can (\d+) cents", text)
    coins = re.search(r"(?:values of|coins of) (.*?)(?:\.| cents)", text)[1]
    ways = [1] + [0] * total
    for coin in numbers(coins):
        for amount in range(coin, total + 1):
            ways[amount] += ways[amount - coin]
    return ways[total]


def committees(text):
    women, = found(r"(\d+) wom[ae]n", text.split("different")[0])
    men, = found(r"(\d+) m[ae]n\b", text)
    size, = found(r"(?:committee of|groups? of) (\d+)", text)
    limit = re.search(r"(exactly|at least|at most) (\d+) wom[ae]n", text)
    return sum(math.comb(women, i) * math.comb(men, size - i) for i in range(size + 1)
               if not limit or holds(limit[1], i, int(limit[2])))


def dice_sums(text):
    count, = found(r"(\d+) fair", text)
    sides, = found(r"1 to (\d+)", text)
    totals = collections.Counter({0: 1})
    for _ in range(count):
        rolled = collections.Counter()
        for total, ways in totals.items():
            for face in range(1, sides + 1):
                rolled[total + face] += ways
        totals = rolled
    word, bound = condition(text)
    return Fraction(sum(ways for total, ways in totals.items() if holds(word, total, bound)), sides ** count)


def diophantine_count(text):
    a, b, total = found(r"(\d+)x \+ (\d+)y = (\d+)", text) or found(r"hold (\d+) or (\d+) .*exactly (\d+)", text)
    return sum((total - a * x) % b == 0 for x in range(total // a + 1))


def divisor_functions(text):
    n = max(numbers(text))
    divisors = [k for k in range(1, n + 1) if n % k == 0]
    return len(divisors) if re.search("How many|number of|ordered product", text) else sum(divisors)


def factorial_exponent(text):
    n, = found(r"(\d+)!", text)
    prime, = found(r"(\d+)\^k", text) or found(r"prime (\d+)", text) or [5]  # zeros at the end
    count = 0
    while n:
        n //= prime
        count += n
    return count


def gcd_lcm(text):
    given = numbers(text)
    return math.lcm(*given) if re.search(r"blink|common multiple|divisible by", text) else math.gcd(*given)


def inclusion_exclusion(text):
    match = re.search(r"from 1 to (\d+)", text)
    factors = numbers(text[match.end():])
    hit = sum(any(n % f == 0 for f in factors) for n in range(1, int(match[1]) + 1))
    return int(match[1]) - hit if "none" in text else hit


def lattice_paths(text):
    points = [tuple(map(int, point)) for point in re.findall(r"\((\d+), (\d+)\)", text)]
    end, blocked, ways = points[1], set(points[2:]), {(0, 0): 1}
    for x in range(end[0] + 1):
        for y in range(end[1] + 1):
            if (x, y) != (0, 0):
                ways[x, y] = 0 if (x, y) in blocked else ways.get((x - 1, y), 0) + ways.get((x, y - 1), 0)
    return ways[end]


def linear_optimum(text):
    match = re.search(r"\((\d+)x \+ (\d+)y.*?\((\d*)x \+ (\d*)y \\le (\d+).*?\((\d*)x \+ (\d*)y \\le (\d+)", text)
    if match:
        p, q, a, b, first, c, d, second = (int(group or 1) for group in match.groups())
    else:
        a, c, p, b, d, q, first, second = numbers(text)
    return max(p * x + q * y for x in range(first // a + 1) for y in range((first - a * x) // b + 1) if c * x + d * y <= second)


def linear_recurrence(text):
    before, last = found(r"a_0 = (-?\d+)", text) + found(r"a_1 = (-?\d+)", text)
    match = re.search(r"a_n = (-?\d*)a_\{n-1\} ([+-]) (\d*)a_\{n-2\}", text)
    p = -1 if match[1] == "-" else int(match[1] or 1)
    q = int(match[2] + (match[3] or "1"))
    for _ in range(int(re.findall(r"a_\{(\d+)\}", text)[-1])):
        before, last = last, p * last + q * before
    return before


def modular_inverse(text):
    match = found(r"< (\d+)\\\) and \\\((\d+)x \\equiv (\d+)", text)
    modulus, factor, right = match or [found(r"leaves (\d+) as the remainder of \\\((\d+)x\\\) divided by (\d+)", text)[i]
                                       for i in (2, 1, 0)]
    solution, = (x for x in range(modulus) if factor * x % modulus == right % modulus)
    return solution


def modular_power(text):
    base, exponent = found(r"(\d+)\^\{(\d+)\}", text)
    return pow(base, exponent, numbers(text)[-1])


def multiplicative_order(text):
    match = found(r"(\d+)\^k \\equiv 1 \\pmod\{(\d+)\}", text) or found(r"order of (\d+) modulo (\d+)", text)
    base, modulus = match or [numbers(text)[0], found(r"divided by (\d+)", text)[0]]
    power, k = base % modulus, 1
    while power != 1:
        power, k = power * base % modulus, k + 1
    return k


def percent_chain(text):
    value = Fraction(numbers(text)[0])
    for way, percent in re.findall(r"(rises|falls) by (\d+)%", text):
        value *= Fraction(100 + (int(percent) if way == "rises" else -int(percent)), 100)
    return value


def stars_and_bars(text):
    things, = found(r"(\d+) (?:identical|equal)", text)
    boxes, = found(r"(\d+) (?:different boxes|people)", text)
    low, high = found(r"at least (\d+)", text) or [0], found(r"more than (\d+)", text) or [things]
    ways = [1] + [0] * things
    for _ in range(boxes):
        ways = [sum(ways[t - j] for j in range(low[0], min(high[0], t) + 1)) for t in range(things + 1)]
    return ways[things]


def totient(text):
    n = max(numbers(text))
    return sum(math.gcd(k, n) == 1 for k in range(1, n + 1))


def urn_draws(text):
    red, = found(r"(\d+) red", text)
    blue, = found(r"(\d+) blue", text)
    drawn, = found(r"(\d+) (?:balls )?are (?:drawn|taken)", text)
    word, bound = condition(text)
    return Fraction(sum(math.comb(red, i) * math.comb(blue, drawn - i) for i in range(drawn + 1) if holds(word, i, bound)),
                    math.comb(red + blue, drawn))


def word_arrangements(text):
    word = re.search(r"\b[A-Z]{3,}\b", text)[0]
    return math.factorial(len(word)) // math.prod(math.factorial(n) for n in collections.Counter(word).values())


def work_rates(text):
    *pipes, last = (Fraction(1, hours) for hours in numbers(text))
    return 1 / (sum(pipes) + (-last if "drain" in text else last))


SOLVERS = {f.__name__: f for f in (
    arithmetic_series, base_conversion, chinese_remainder, coin_change, committees, dice_sums, diophantine_count,
    divisor_functions, factorial_exponent, gcd_lcm, inclusion_exclusion, lattice_paths, linear_optimum, linear_recurrence,
    modular_inverse, modular_power, multiplicative_order, percent_chain, stars_and_bars, totient, urn_draws,
    word_arrangements, work_rates)}


def reference_value(text):
    match = re.fullmatch(r"(-?)\\frac\{(\d+)\}\{(\d+)\}", text)
    return Fraction(int(match[1] + match[2]), int(match[3])) if match else Fraction(text)


def best_run(text, items):
    """window_sum as its prompt puts it."""
    taken, = found(r"takes (\d+) off", text) or found(r"reduce each of them by (\d+)", text)
    low, high = 1, len(items)
    if exactly := found(r"run of exactly (\d+)", text):
        low = high = exactly[0]
    elif most := found(r"at most (\d+) neighbouring", text):
        high = min(high, most[0])
    items = [n - taken for n in items]
    sums = [sum(items[i:i + width]) for width in range(low, high + 1) for i in range(len(items) - width + 1)]
    return (max if "largest sum" in text else min)(sums, default=0)


class Prompts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.environ["ASSAY"], "tasks", "generate", "--out", folder + "/pack"], check=True, capture_output=True)
            with open(folder + "/pack/problems.jsonl") as lines:
                cls.problems = collections.defaultdict(list)
                for line in lines:
                    problem = json.loads(line)
                    cls.problems[problem["meta"]["family"]].append(problem)

    def test_answers_follow_from_the_text(self):
        for family, solve in SOLVERS.items():
            self.assertGreater(len(self.problems[family]), 30, family)
            for problem in self.problems[family]:
                question = problem["prompt"].rpartition("\n\n")[0]
                with self.subTest(problem["id"]):
                    self.assertEqual(solve(question), reference_value(problem["reference"]), question)

    def test_tests_of_window_sum_follow_from_the_text(self):
        for problem in self.problems["window_sum"]:
            cases = re.findall(r"candidate\(\[(.*?)\]\) == (-?\d+)", problem["verifier"]["test"])
            self.assertGreater(len(cases), 8)
            for items, expected in cases:
                with self.subTest(problem["id"]):
                    self.assertEqual(best_run(problem["prompt"], numbers(items)), int(expected), problem["prompt"])


if __name__ == "__main__":
    if "ASSAY" not in os.environ:
        sys.exit("set ASSAY to the program")
    unittest.main()
