#!/usr/bin/env bash
# Renders every deployment in every form and language, and has others validate what was written.
#
#     tests/render/run.sh        target/debug/obhut must have been built
#     OBHUT_BINARY=... tests/render/run.sh
#
# Needs Python 3 with venv, and the package registry the first time. With Java, the W3C's checker reads the HTML too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
binary=${OBHUT_BINARY:-$root/target/debug/obhut}
venv=$root/target/render-venv

if ! cmp -s "$here/requirements.txt" "$venv/installed"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed"
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

rendered=0
for policy in "${OBHUT_DEPLOYMENTS:-$root/deployments}"/*/policy.toml; do
    deployment=$(basename "$(dirname "$policy")")
    "$binary" check "$policy" >/dev/null || { echo "$deployment does not load" >&2; exit 1; }
    render() { "$binary" render "$policy" "$@"; }
    for lang in de en; do
        for kind in register processor-register measures; do
            for form in html md csv; do
                render --as $kind --lang $lang --format $form >"$out/$deployment.$kind.$lang.$form"
            done
        done
        for form in html md csv json; do
            render --as cookies --lang $lang --format $form >"$out/$deployment.cookies.$lang.$form"
        done
        for kind in deletion-concept summary; do
            for form in html md; do
                render --as $kind --lang $lang --format $form >"$out/$deployment.$kind.$lang.$form"
            done
        done
        render --as notice --lang $lang --format md >"$out/$deployment.notice.$lang.md"
        render --as notice --lang $lang --format json >"$out/$deployment.notice.$lang.json"
        render --as tilt --lang $lang >"$out/$deployment.tilt.$lang.json"
        # The audiences stand in the file, in tables of their own.
        for audience in $(sed -n 's/^\[audience\.\(.*\)\]$/\1/p' "$policy"); do
            for kind in notice summary; do
                render --as $kind --lang $lang --format html --audience "$audience" \
                    >"$out/$deployment.$kind.$audience.$lang.html"
            done
            render --as tilt --lang $lang --audience "$audience" --tenant "Muster & Söhne <KG>" \
                >"$out/$deployment.tilt.$audience.$lang.json"
        done
    done
    render --as dpv >"$out/$deployment.dpv.mul.json"
    rendered=$((rendered + 1))
done
echo "$rendered deployments, $(find "$out" -type f | wc -l) files"
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/validate.py" "$out"
