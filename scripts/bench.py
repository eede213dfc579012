#!/usr/bin/env python3
"""Prints the figures of the documents: medians of N grades of each lab's reference, warm."""

import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

LABGRADE = "target/release/labgrade"
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
# Of lab 02, what a grade cannot do without: the student's statements and the queries.
WORK = ("applies", "same-answers", "nothing-redundant", "write-cost")


def grade(lab, out):
    began = time.monotonic()
    command = [LABGRADE, "grade", f"labs/{lab}/solutions/reference", "--lab", lab]
    subprocess.run([*command, "--out", out, "--seed", "7", "--json"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - began
    with open(os.path.join(out, "grade.json"), encoding="utf-8") as file:
        record = json.load(file)
    times = {stage: record["timings"][stage] / 1000
             for stage in ("start", "checks", "waiting", "teardown")}
    work = sum(check["millis"] for check in record["checks"] if check["id"] in WORK) / 1000
    return {"wall": wall, "work": work, "else": wall - work, **times}


def row(name, values):
    figures = (statistics.median(values), min(values), max(values))
    return f"| {name} | " + " | ".join(f"{figure:.1f} s" for figure in figures) + " |"


def main():
    labs = sorted(path.parts[1] for path in pathlib.Path("labs").glob("*/solutions/reference"))
    runs = {}
    with tempfile.TemporaryDirectory() as out:
        for lab in labs:
            grade(lab, out)
            runs[lab] = [grade(lab, out) for _ in range(RUNS)]
    # The largest of all children, in KiB on Linux.
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {RUNS} runs after one to warm up; "
          f"the grader's memory {memory:.0f} MB at most\n")
    print("| reference of | wall time | smallest | largest | of it starting | removing | waiting without work |")
    print("|---|---|---|---|---|---|---|")
    for lab, times in runs.items():
        middle = {key: statistics.median(run[key] for run in times) for key in times[0]}
        wall = [run["wall"] for run in times]
        part = 100 * middle["waiting"] / middle["wall"]
        print(f"| `{lab}` | {middle['wall']:.1f} s | {min(wall):.1f} s | {max(wall):.1f} s | {middle['start']:.1f} s "
              f"| {middle['teardown']:.1f} s | {middle['waiting']:.1f} s, {part:.0f}% |")
    if "02-indexes" in runs:
        print("\n| lab 02, reference | median | smallest | largest |\n|---|---|---|---|")
        names = {"wall": "wall time", "work": "the student's statements, the queries, the writes",
                 "else": "everything else"}
        for key, name in names.items():
            print(row(name, [run[key] for run in runs["02-indexes"]]))


main()
