"""The page docs/assay-10k.md: what assay-10k holds by level, group and family, and how a model does on assay-mini.

    build/release/assay score smollm2-135m --suite assay-mini --dtype int8 --max-tokens 320 --out RUN
    python3 tests/bench/benchmark_table.py RUN [--assay build/release/assay] > docs/assay-10k.md

Tokens are the model's own, of the prompt without the chat template. A group is the first tag of a family's problems.
"""
import argparse
import collections
import json
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile

DOMAINS = ("math", "code", "logic")
BANDS = ((1, 3), (4, 7), (8, 10))


def generated(assay, model):
    """All problems of assay-10k, each with the number of its prompt's tokens."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([assay, "tasks", "generate", "--out", folder + "/pack"], check=True, capture_output=True)
        with open(folder + "/pack/problems.jsonl") as lines:
            problems = [json.loads(line) for line in lines]
    asked = "".join(json.dumps({"id": i, "text": p["prompt"]}) + "\n" for i, p in enumerate(problems))
    done = subprocess.run([assay, "tokenize", model, "-"], input=asked, check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        reply = json.loads(line)
        problems[reply["id"]]["tokens"] = len(reply["ids"])
    return problems


def content_size(problem):
    """As ContentSize of tasks/content_size.h."""
    question = problem["prompt"].rpartition("\n\n")[0]
    return len(re.findall(r"[0-9]|(?<![A-Za-z_])[A-Za-z_](?![A-Za-z_])|[^\w\s]", question)) + \
        len(re.findall(r"[0-9]|[A-Za-z_]+|[^\w\s]", problem["reference"]))


def scored(run):
    """(domain, family, level, correct) of every sample of assay-mini, and what the run says of itself."""
    link = sqlite3.connect(f"file:{run}/run.db?mode=ro", uri=True)
    model, program = link.execute("SELECT model, program FROM run").fetchone()
    sampling = link.execute("SELECT sampling FROM suite WHERE name = 'assay-mini'").fetchone()[0]
    rows = link.execute("SELECT domain, problem, level, outcome FROM samples WHERE suite = 'assay-mini'").fetchall()
    return [(d, name.rpartition("-")[0], level, outcome == "correct") for d, name, level, outcome in rows], \
        {"model": model, "program": program, "sampling": json.loads(sampling)}


def share(samples):
    """"3/50 (6 %)", or a dash."""
    if not samples:
        return "–"
    right = sum(s[3] for s in samples)
    return f"{right}/{len(samples)} ({right / len(samples):.0%})".replace("%", " %")


def by_level(problems, samples, sizes):
    print("\n## By level\n\nMedian prompt tokens and mean size (digits, signs, words: [families](families.md)) of assay-10k; pass@1 on "
          "assay-mini.\n\n| level | problems | tokens: math | code | logic | size: math | code | logic | pass@1: math | code | "
          "logic | all |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for level in range(1, 11):
        here = [p for p in problems if p["level"] == level]
        cells = [str(level), str(len(here))]
        cells += [f"{statistics.median(p['tokens'] for p in here if p['domain'] == d):.0f}" for d in DOMAINS]
        cells += [f"{sizes[d][level - 1]:.0f}" for d in DOMAINS]
        cells += [share([s for s in samples if s[2] == level and s[0] == d]) for d in DOMAINS]
        print("| " + " | ".join(cells + [share([s for s in samples if s[2] == level])]) + " |")


def by_group(problems, samples, rows):
    print("\n## By group\n\n*Guess*: the better of a random and a constant answer, mean over families; – for programs.\n\n"
          "| domain | group | families | problems | tokens | guess | pass@1: levels 1-3 | 4-7 | 8-10 | all |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    groups = collections.defaultdict(list)
    for p in problems:
        groups[p["domain"], p["tags"][0]].append(p)
    for (domain, group), members in sorted(groups.items(), key=lambda item: (DOMAINS.index(item[0][0]), item[0][1])):
        families = {p["meta"]["family"] for p in members}
        own = [s for s in samples if s[1] in families]
        guesses = [max(rows[f]["random_guess"], rows[f]["constant_guess"]) for f in families]
        guess = "–" if not any(guesses) else f"{sum(guesses) / len(guesses):.0%}".replace("%", " %")
        bands = [share([s for s in own if low <= s[2] <= high]) for low, high in BANDS]
        print(f"| {domain} | {group} | {len(families)} | {len(members)} | "
              f"{statistics.median(p['tokens'] for p in members):.0f} | {guess} | {' | '.join(bands)} | {share(own)} |")


def by_family(problems, samples, rows):
    print("\n## By family\n\n| family | problems | tokens: levels 1-3 | 4-7 | 8-10 | pass@1: levels 1-3 | 4-7 | 8-10 | all |\n"
          "|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name, row in rows.items():
        members = [p for p in problems if p["meta"]["family"] == name]
        if not members:
            continue
        tokens = [f"{statistics.median(p['tokens'] for p in members if low <= p['level'] <= high):.0f}" for low, high in BANDS]
        own = [s for s in samples if s[1] == name]
        bands = [share([s for s in own if low <= s[2] <= high]) for low, high in BANDS]
        print(f"| {name} | {len(members)} | {' | '.join(tokens)} | {' | '.join(bands)} | {share(own)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", help="absent: the table without scores")
    parser.add_argument("--assay", default="build/release/assay")
    parser.add_argument("--model", default="smollm2-135m", help="whose tokens are counted")
    arguments = parser.parse_args()
    table = json.loads(subprocess.run([arguments.assay, "tasks", "families", "--json"], check=True, capture_output=True).stdout)
    rows = {row["name"]: row for row in table}
    problems = generated(arguments.assay, arguments.model)
    samples, about = scored(arguments.run) if arguments.run else ([], None)
    sizes = {d: [statistics.mean(content_size(p) for p in problems if p["domain"] == d and p["level"] == level)
                 for level in range(1, 11)] for d in DOMAINS}
    print(f"# assay-10k by level, group and family\n\nWritten by `tests/bench/benchmark_table.py`; do not edit. {len(problems)} problems.")
    if samples:
        bands = ", ".join(f"levels {low} to {high} {share([s for s in samples if low <= s[2] <= high])}" for low, high in BANDS)
        domains = ", ".join(f"{d} {share([s for s in samples if s[0] == d])}" for d in DOMAINS)
        print(f"\npass@1 on the {len(samples)} of assay-mini by {about['model']}, temperature "
              f"{about['sampling'].get('temperature', 0)}, at most {about['sampling'].get('max_tokens')} tokens, one sample "
              f"each: {share(samples)} in all; {domains}; {bands}.")
    else:
        print("\nNo model has been scored for this page yet.")
    by_level(problems, samples, sizes)
    by_group(problems, samples, rows)
    by_family(problems, samples, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
