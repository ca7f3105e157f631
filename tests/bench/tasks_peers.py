"""Generating problems beside reasoning-gym, on the families that both have: items per CPU second, and distinctness.

    .peers/bin/python tests/bench/tasks_peers.py [--assay build/release/assay] [--items 1000] [--seconds 4]

Ours: `assay tasks generate` on one thread over all ten levels, its CPU time less that of ten items, so that start-up
is told apart (drawing, rejecting duplicates and what stands in assay-10k, and writing the pack are in it). Theirs:
create_dataset with its default configuration, items asked for one by one until --items or --seconds CPU seconds are
reached. Distinctness: different questions among the items of one seed, and the share of them that come up again under
the next seed. A family of ours that has not --items different problems at some level is asked for fewer. The difficulties of the two are not the same, so a row tells the order of magnitude only.
"""
import argparse
import json
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings

SHARED = [  # ours, theirs
    ("base_conversion", "base_conversion"), ("complex_arithmetic", "complex_arithmetic"), ("definite_integral", "simple_integration"),
    ("dice_sums", "dice"), ("gcd_lcm", "gcd"), ("linear_equation", "simple_equations"),
    ("boolean_circuit", "circuit_logic"), ("countdown", "countdown"), ("cryptarithm", "cryptarithm"),
    ("family_relations", "family_relationships"), ("futoshiki", "futoshiki"), ("game_of_life", "game_of_life"),
    ("graph_colouring", "graph_color"), ("knights_and_knaves", "knights_knaves"), ("maze", "maze"),
    ("numbered_statements", "self_reference"), ("propositional_entailment", "propositional_logic"),
    ("queens_completion", "n_queens"), ("shortest_path", "shortest_path"), ("sokoban", "sokoban"), ("sudoku", "sudoku"),
    ("syllogisms", "syllogism"), ("tower_of_hanoi", "tower_of_hanoi"), ("twenty_four", "puzzle24"), ("water_jugs", "jugs"),
    ("zebra_grid", "zebra_puzzles"),
]


def normal(question):
    return re.sub(r"\s+", "", question.lower())


def generate(assay, family, count, seed):
    """The questions, and the CPU seconds of the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([assay, "tasks", "generate", "--family", family, "--count", str(count), "--seed", str(seed),
                        "--threads", "1", "--out", folder + "/pack"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(folder + "/pack/problems.jsonl") as lines:
            questions = [json.loads(line)["prompt"] for line in lines]
    return questions, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def most_items(assay, family, count):
    """`count`, or what a family with few instances at its lowest levels gives of it."""
    while count > 10:
        try:
            generate(assay, family, count, 42)
            generate(assay, family, count, 43)
            return count
        except subprocess.CalledProcessError:
            count = count * 2 // 3
    sys.exit(f"{family} gives next to nothing")


def ours(assay, family, count):
    count = most_items(assay, family, count)
    start_up = min(generate(assay, family, 10, 42)[1] for _ in range(2))
    questions, seconds = generate(assay, family, count, 42)
    other, _ = generate(assay, family, count, 43)
    return questions, other, (len(questions) - 10) / max(seconds - start_up, 1e-3)


def draw(create, name, count, seconds, seed):
    data = create(name, size=count, seed=seed)
    begin = time.process_time()
    questions = []
    for i in range(count):
        questions.append(data[i]["question"])
        if time.process_time() - begin > seconds:
            break
    return questions, len(questions) / max(time.process_time() - begin, 1e-6)


def theirs(create, name, count, seconds):
    draw(create, name, 2, 1, 1)  # word lists and imports
    questions, rate = draw(create, name, count, seconds, 42)
    other, _ = draw(create, name, len(questions), math.inf, 43)
    return questions, other, rate


def distinctness(questions, other):
    first = {normal(q) for q in questions}
    second = {normal(q) for q in other}
    return len(first) / len(questions), len(first & second) / len(first)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default="build/release/assay")
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=4, help="CPU seconds for each of their families")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    from importlib.metadata import version

    from reasoning_gym import create_dataset

    print(f"reasoning-gym {version('reasoning-gym')}, {arguments.items} items, load {os.getloadavg()[0]:.0f}\n")
    print("| family | theirs | items/s | theirs | factor | different | theirs | again under the next seed | theirs |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    factors, mine, peers, seconds = [], [], [], [0, 0]
    for family, name in SHARED:
        questions, other, rate = ours(arguments.assay, family, arguments.items)
        peer_questions, peer_other, peer_rate = theirs(create_dataset, name, arguments.items, arguments.seconds)
        mine.append(distinctness(questions, other))
        peers.append(distinctness(peer_questions, peer_other))
        factors.append(rate / peer_rate)
        seconds = [seconds[0] + 1 / rate, seconds[1] + 1 / peer_rate]
        print(f"| {family} | {name} | {rate:,.0f} | {peer_rate:,.0f} | {factors[-1]:,.1f} | {mine[-1][0]:.1%} | "
              f"{peers[-1][0]:.1%} | {mine[-1][1]:.1%} | {peers[-1][1]:.1%} |", flush=True)
    mean = math.exp(sum(map(math.log, factors)) / len(factors))
    average = lambda rows, i: sum(row[i] for row in rows) / len(rows)
    print(f"\nfactor: geometric mean {mean:,.1f}, median {sorted(factors)[len(factors) // 2]:,.1f}, "
          f"{sum(f >= 100 for f in factors)} of {len(factors)} at least 100")
    print(f"as many items of each: {len(factors) / seconds[0]:,.0f} and {len(factors) / seconds[1]:,.0f} items/s, factor "
          f"{seconds[1] / seconds[0]:,.1f}")
    print(f"different: {average(mine, 0):.1%} and {average(peers, 0):.1%}; again under the next seed: "
          f"{average(mine, 1):.1%} and {average(peers, 1):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
