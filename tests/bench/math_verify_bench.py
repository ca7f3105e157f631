"""Times Math-Verify on the pairs that math_bench times: one core, references parsed once.

    python tests/bench/math_verify_bench.py PAIRS.jsonl [LIMIT]

Needs the package math-verify (scripts/setup --peers). Prints one JSON object.
"""
import json
import statistics
import sys
import time

from math_verify import parse, verify


def main():
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")][:limit]
    references = [parse("$" + row["reference"] + "$") for row in rows]
    times = []
    for row, reference in zip(rows, references):
        start = time.process_time()
        verify(reference, parse(row["response"]))
        times.append((time.process_time() - start) * 1e6)
    times.sort()
    print(json.dumps({
        "pairs": len(times),
        "median_us": statistics.median(times),
        "p99_us": times[len(times) * 99 // 100],
        "per_cpu_second": len(times) / sum(times) * 1e6,
    }))


if __name__ == "__main__":
    main()
