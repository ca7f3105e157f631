#!/usr/bin/env python3
"""Prints where the time of a training run went: seconds of each phase (median of the steps) and tokens a second.

    python3 scripts/lib/phase_times.py RUN
"""
import json
import pathlib
import statistics
import sys

PHASES = ("gen", "reward", "old_log_prob", "ref", "update_actor", "testing")


def steps_of(stage):
    with open(stage / "metrics.jsonl") as file:
        return [json.loads(line) for line in file]


def main():
    run = pathlib.Path(sys.argv[1])
    stages = sorted({file.parent for file in run.glob("metrics.jsonl")} | {f.parent for f in run.glob("*/metrics.jsonl")})
    if not stages:
        sys.exit(f"phase_times: {run}: holds no metrics.jsonl")
    print(f"{'stage':<24}{'steps':>7}" + "".join(f"{phase:>14}" for phase in PHASES) + f"{'step':>10}{'tokens/s':>10}")
    for stage in stages:
        steps = [step for step in steps_of(stage) if "timing_s/step" in step]
        if not steps:
            continue
        row = f"{stage.name:<24}{len(steps):>7}"
        for phase in PHASES:
            seconds = [step[f"timing_s/{phase}"] for step in steps if f"timing_s/{phase}" in step]
            row += f"{statistics.median(seconds):>14.3f}" if seconds else f"{'-':>14}"
        tokens = sum(step["perf/total_num_tokens"] for step in steps) / sum(step["timing_s/step"] for step in steps)
        print(row + f"{statistics.median(step['timing_s/step'] for step in steps):>10.3f}{tokens:>10.0f}")


if __name__ == "__main__":
    main()
