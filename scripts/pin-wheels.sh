#!/usr/bin/env bash
# Pins the newest wheels that a list of packages resolves to, for Debian's Python 3.11.2 on x86_64:
#     scripts/pin-wheels.sh templates/images/python/packages.txt > templates/images/python/wheels.lock
# For maintainers; needs uv and a pip of 22.2 or later (`pip install -U uv pip`).
set -euo pipefail
list=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# uv, because pip would take the markers of the Python that runs it.
uv pip compile "$list" --quiet --no-header --no-annotate --only-binary :all: \
    --python-version 3.11.2 --python-platform x86_64-manylinux_2_36 > "$work/pinned.txt"

platforms=(--platform manylinux2014_x86_64 --platform manylinux2010_x86_64 --platform manylinux1_x86_64)
for minor in $(seq 5 36); do platforms+=(--platform "manylinux_2_${minor}_x86_64"); done
python3 -m pip install --quiet --dry-run --ignore-installed --no-deps --only-binary=:all: \
    --python-version 3.11 --implementation cp "${platforms[@]}" --target "$work/target" \
    --report "$work/report.json" -r "$work/pinned.txt"

python3 - "$work/report.json" << 'PY'
import json, re, sys

pins = []
for item in json.load(open(sys.argv[1]))["install"]:
    name = re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower()
    digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
    pins.append(f"{name}=={item['metadata']['version']} --hash=sha256:{digest}")
print("\n".join(sorted(pins, key=lambda pin: pin.split("==")[0])))
PY
