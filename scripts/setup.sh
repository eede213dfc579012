#!/usr/bin/env bash
# Installs what is missing and starts the engine. Safe to repeat; does nothing on a ready machine.
set -euo pipefail

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() {
    printf '\033[31m%s\033[0m\n' "$*" >&2
    exit 1
}

# What each package is for: the engine; the base image; pip, which fetches the wheels of the Python
# images; libclang and its headers and a C compiler for PostgreSQL's parser (libpg_query).
declare -A needed=(
    [docker.io]="command -v dockerd || docker info"
    [mmdebstrap]="command -v mmdebstrap"
    [python3-pip]="python3 -m pip --version"
    # Not libclang-cpp, which is another library and often there alone.
    [libclang-dev]="compgen -G '/usr/lib/llvm-*/lib/libclang.so*' || compgen -G '/usr/lib/*/libclang.so*' || compgen -G '/usr/lib/*/libclang-[0-9]*.so*'"
    [build-essential]="command -v cc && command -v make"
)
missing=()
# Since Debian 13 the client is a package of its own, which docker.io only recommends.
if apt-cache show docker-cli > /dev/null 2>&1; then needed[docker-cli]="command -v docker"; fi
for package in "${!needed[@]}"; do
    bash -c "${needed[$package]}" > /dev/null 2>&1 || missing+=("$package")
done
command -v cargo > /dev/null || fail "Rust is missing: install it from your distribution or with rustup (1.90 or later), then run this again."

if ((${#missing[@]})); then
    list="${missing[*]}"
    command -v apt-get > /dev/null || fail "Missing: $list. This script knows apt-get only; install the like of them with your package manager, then run this again."
    ((EUID == 0)) || fail "Missing: $list. Run as root: apt-get update && apt-get install -y $list"
    say "Installing $list…"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi

engine_answers() { timeout 10 docker version --format '{{.Server.Version}}' > /dev/null 2>&1; }

if ! engine_answers; then
    [[ -z ${DOCKER_HOST-} ]] || fail "DOCKER_HOST is $DOCKER_HOST, and no engine answers there."
    ((EUID == 0)) || fail "The Docker engine does not answer. Start it as root (systemctl start docker), and see that you are in the group docker."
    say "Starting the Docker engine…"
    if [[ -d /run/systemd/system ]]; then
        systemctl start docker
    else
        # Without an init system: in a session of its own, so that it outlives this script. The
        # descriptors of whoever called are closed, so that nobody waits for it.
        log=/var/log/dockerd.log
        setsid --fork dockerd < /dev/null > "$log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    fi
    for _ in $(seq 1 120); do
        engine_answers && break
        sleep 0.5
    done
    engine_answers || fail "The engine was started and does not answer. Its last words: $(tail -n 5 /var/log/dockerd.log 2> /dev/null)"
fi
