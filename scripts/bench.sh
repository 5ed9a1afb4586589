#!/usr/bin/env bash
# Prints the table of BENCHMARKS.md. It needs redis-server and redis-benchmark in the PATH; arguments go to the program
# (-rows 1,3 measures only those).
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in redis-server redis-benchmark; do
  command -v "$tool" >/dev/null || { echo "bench: $tool is missing; on Debian: apt-get install redis-server redis-tools" >&2; exit 1; }
done
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
"${GO:-go}" build -o "$bin/bench" ./bench
"$bin/bench" "$@"
