#!/usr/bin/env bash
# Runs every test. What needs a tool that is missing and cannot be installed is skipped and named in the last line.
set -uo pipefail
cd "$(dirname "$0")/.."
missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]} for the tests"
  { apt-get -o DPkg::Lock::Timeout=300 update && apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"; } >/tmp/klaster-apt.log 2>&1 ||
    echo "could not install ${missing[*]}; see /tmp/klaster-apt.log"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
packages=$(go list ./... | grep -v -e '/e2e$') || exit 1
race=-race
if ! command -v "$(go env CC)" >/dev/null; then
  race=
  echo "no C compiler: running without the race detector"
fi
# The walls and the rules run with the race detector; the end-to-end story drives the real binary and needs none.
go test $race -timeout 12m -json $packages >"$log" || status=1
if go list ./e2e >/dev/null 2>&1; then
  go test -timeout 12m -json ./e2e >>"$log" || status=1
fi
go run ./scripts/testsummary <"$log" || status=1
exit $status
