#!/usr/bin/env python3
"""Compares labgrade's load generator with wrk and oha against the same nginx: requests a second, and requests per
second of processor time, which a busy machine moves far less. Medians of N rounds, in turn.

nginx and wrk run in a throw-away container on the course's base image, and nothing of them is left. oha is built into
target/tools by `cargo install`; without it, its column is left out.
"""

import json
import os
import pathlib
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
SECONDS = 3
CONNECTIONS = 32
OURS = "target/release/examples/load"
OHA = pathlib.Path("target/tools/bin/oha")
NAME = f"labgrade-bench-load-{secrets.token_hex(4)}"
DOCKERFILE = """FROM labgrade/base:bookworm
RUN apt-get update -q && apt-get install -yq --no-install-recommends nginx-light wrk
"""
NGINX = """daemon off; worker_processes auto; pid /tmp/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type text/plain; return 200 "{body}"; }} }}
}}
"""


def quiet(*command, **options):
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}")
    return done.stdout


def timed(command):
    """What a command prints, and the processor time of all that it started."""
    before = os.times()
    text = quiet(*command)
    after = os.times()
    return text, after.children_user + after.children_system - before.children_user - before.children_system


def wrk(address):
    # `time` within the container: the engine's client outside uses none of it.
    inside = f"TIMEFORMAT='cpu %U %S'; time wrk -t1 -c{CONNECTIONS} -d{SECONDS}s http://{address}/"
    text = quiet("docker", "exec", NAME, "bash", "-c", inside)
    done, took = re.search(r"(\d+) requests in ([\d.]+)s", text).groups()
    user, system = re.search(r"cpu ([\d.]+) ([\d.]+)", text).groups()
    return int(done) / float(took), int(done) / (float(user) + float(system))


def oha(address):
    command = [OHA, "--no-tui", f"-c{CONNECTIONS}", f"-z{SECONDS}s", "--output-format", "json", f"http://{address}/"]
    text, processor = timed(command)
    summary = json.loads(text)["summary"]
    return summary["requestsPerSec"], summary["requestsPerSec"] * summary["total"] / processor


def ours(address):
    command = [OURS, address, "--seconds", str(SECONDS), "--connections", str(CONNECTIONS), "--json"]
    figures = json.loads(quiet(*command))
    if figures["failed"]:
        sys.exit(f"requests failed: {figures}")
    return figures["per_second"], figures["per_processor_second"]


def has_oha():
    if OHA.exists():
        return True
    print("building oha, once …", file=sys.stderr)
    build = ["cargo", "install", "oha", "--locked", "--quiet", "--root", "target/tools"]
    built = subprocess.run(build, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return built.returncode == 0


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                sys.exit("nginx does not start:\n" + quiet("docker", "logs", NAME))
            time.sleep(0.05)


def measure():
    port = free_port()
    config = NGINX.format(port=port, body="x" * 64)
    # It ends by itself, whatever becomes of this program.
    longest = str(120 + ROUNDS * SECONDS * 10)
    quiet("docker", "run", "--detach", "--rm", "--name", NAME, "--network", "host", NAME, "timeout", longest,
          "bash", "-c", f"cat > /tmp/nginx.conf <<'END'\n{config}\nEND\nexec nginx -c /tmp/nginx.conf")
    wait_for(port)
    tools = {"labgrade": ours, "wrk": wrk}
    if has_oha():
        tools["oha"] = oha
    figures = {name: [] for name in tools}
    for _ in range(ROUNDS):
        for name, run in tools.items():
            figures[name].append(run(f"127.0.0.1:{port}"))
    return {name: [statistics.median(column) for column in zip(*runs)] for name, runs in figures.items()}


def main():
    quiet("cargo", "build", "--release", "--locked", "--workspace", "--example", "load")
    try:
        quiet("docker", "build", "--quiet", "--tag", NAME, "-", input=DOCKERFILE)
        medians = measure()
    finally:
        for command in (["rm", "--force", NAME], ["rmi", "--force", NAME]):
            subprocess.run(["docker", *command], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"nginx, {CONNECTIONS} connections, medians of {ROUNDS} rounds of {SECONDS} s\n")
    print("| generator | requests a second | per second of its processor time | of labgrade's |")
    print("|---|---|---|---|")
    own = medians["labgrade"][1]
    for name, (rate, efficiency) in medians.items():
        print(f"| {name} | {rate:,.0f} | {efficiency:,.0f} | {100 * efficiency / own:.0f}% |")
    if "oha" not in medians:
        print("\noha could not be built here (`cargo install oha`), so it is left out.")
    # What the documents promise: at least half of wrk's, and not below oha's.
    behind = [name for name, least in (("wrk", 0.5), ("oha", 1.0))
              if name in medians and own < least * medians[name][1]]
    if behind:
        sys.exit(f"labgrade's generator is behind {', '.join(behind)}")


main()
