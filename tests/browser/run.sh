#!/usr/bin/env bash
# Starts the demo on a free port with an empty folder, and runs the browser tests against it.
#
#     tests/browser/run.sh            target/debug/obhut must have been built
#     OBHUT_BASE=http://127.0.0.1:8080 tests/browser/run.sh    against a demo that already runs
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
binary=${OBHUT_BINARY:-$here/../../target/debug/obhut}

if [ -z "${OBHUT_BASE:-}" ]; then
    data=$(mktemp -d)
    "$binary" demo --listen 127.0.0.1:0 --data "$data" >"$data/out" 2>"$data/err" &
    demo=$!
    trap 'kill "$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true; rm -rf "$data"' EXIT
    for _ in $(seq 300); do
        OBHUT_BASE=$(sed -n '1s/^listening on //p' "$data/out")
        [ -n "$OBHUT_BASE" ] && break
        if ! kill -0 "$demo" 2>/dev/null; then break; fi
        sleep 0.1
    done
    if [ -z "$OBHUT_BASE" ]; then
        echo "the demo did not print \`listening on ...\` within 30 seconds; it said:" >&2
        cat "$data/out" "$data/err" >&2
        exit 1
    fi
fi
export OBHUT_BASE
cd "$here"
node --test --test-reporter=spec pages.test.mjs
