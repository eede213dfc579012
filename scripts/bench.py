#!/usr/bin/env python3
"""Prints the figures of the documents: medians of N grades of lab 02's reference, warm."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

LABGRADE = "target/release/labgrade"
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
# What a grade cannot do without: the student's statements and the queries.
WORK = ("applies", "same-answers", "nothing-redundant", "write-cost")


def grade(out):
    began = time.monotonic()
    command = [LABGRADE, "grade", "labs/02-indexes/solutions/reference", "--lab", "02-indexes"]
    subprocess.run([*command, "--out", out, "--seed", "7", "--json"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - began
    with open(os.path.join(out, "grade.json"), encoding="utf-8") as file:
        record = json.load(file)
    work = sum(check["millis"] for check in record["checks"] if check["id"] in WORK) / 1000
    return {"wall": wall, "work": work, "else": wall - work,
            **{stage: record["timings"][stage] / 1000 for stage in ("start", "teardown")}}


def main():
    with tempfile.TemporaryDirectory() as out:
        grade(out)
        runs = [grade(out) for _ in range(RUNS)]
    # The largest of all children, in KiB on Linux.
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, {RUNS} runs after one to warm up\n")
    print("| lab 02, reference | median | smallest | largest |\n|---|---|---|---|")
    names = {"wall": "wall time", "work": "the student's statements, the queries, the writes", "else": "everything else",
             "start": "… of it starting the services", "teardown": "… of it removing them"}
    for key, name in names.items():
        values = [run[key] for run in runs]
        print(f"| {name} | {statistics.median(values):.1f} s | {min(values):.1f} s | {max(values):.1f} s |")
    print(f"| the grader's memory | | | {memory:.0f} MB |")


main()
