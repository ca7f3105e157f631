"""The math verifier and Math-Verify on the same pairs in one run, one core each, references parsed once.

    .peers/bin/python tests/bench/math_peers.py build/release/tests/bench/math_bench [--shared ../shared]

Pairs: every committed case of tests/cases/math, the public triples, and, where the shared data is present,
each MATH-500 answer against its reference solution and against the next problem's answer, and the recorded
GSM8K solutions. Prints one JSON object; "times" is the ratio of pairs per second of CPU time on the pairs
that Math-Verify was given (every STEPth: it is slow).
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def pairs(shared):
    found = []
    for path in sorted((ROOT / "tests/cases/math").glob("*.jsonl")):
        found += [(r["reference"], r["response"]) for r in lines(path) if "verifier" not in r]
    if (path := shared / "cases/math/triples.jsonl").exists():
        found += [(r["reference"], r["response"]) for r in lines(path)]
    if (path := shared / "data/math500/test.jsonl").exists():
        rows = lines(path)
        found += [(r["answer"], r["solution"]) for r in rows]
        found += [(r["answer"], "\\boxed{%s}" % n["answer"]) for r, n in zip(rows, rows[1:] + rows[:1])]
    if (path := shared / "data/outputs/gsm8k_gpt3_solutions_even.jsonl").exists():
        for row in lines(path):
            reference = row["ground_truth"].rsplit("A:", 1)[-1].strip()
            found += [(reference, v["solution"]) for v in row.values() if isinstance(v, dict) and "solution" in v]
    return [{"reference": a, "response": b} for a, b in found if a.strip()]


def math_verify(rows):
    from math_verify import parse, verify

    def parsed(text):
        try:
            return parse(text)
        except Exception:
            return []

    references = [parsed("$" + r["reference"] + "$") for r in rows]
    times = []
    for row, reference in zip(rows, references):
        start = time.process_time()
        try:
            verify(reference, parse(row["response"]))
        except Exception:
            pass
        times.append((time.process_time() - start) * 1e6)
    times.sort()
    return {"pairs": len(times), "median_us": statistics.median(times), "p99_us": times[len(times) * 99 // 100],
            "max_us": times[-1], "per_cpu_second": len(times) / sum(times) * 1e6}


def ours(bench, rows, rounds):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(r) + "\n" for r in rows)
        file.flush()
        return json.loads(subprocess.run([bench, file.name, str(rounds)], check=True, capture_output=True).stdout)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bench")
    options.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared")
    options.add_argument("--step", type=int, default=5, help="Math-Verify gets every STEPth pair (5)")
    options.add_argument("--checks", type=int, default=1_000_000, help="how many pairs ours judges in all (1000000)")
    given = options.parse_args()
    rows = pairs(given.shared)
    sample = rows[::given.step]
    report = {"sample_before": ours(given.bench, sample, 20)["per_cpu_second"], "math_verify": math_verify(sample)}
    report["sample_after"] = ours(given.bench, sample, 20)["per_cpu_second"]
    report["ours"] = ours(given.bench, rows, max(1, given.checks // (3 * len(rows))))
    mean = (report["sample_before"] + report["sample_after"]) / 2
    report["times"] = mean / report["math_verify"]["per_cpu_second"]
    json.dump(report, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
