#!/bin/sh
# Install the Debian packages that a target needs, and only those that are missing.
set -eu

missing=""
want() { # want PACKAGE TEST-COMMAND…
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

case "${1:-tests}" in
venv)
    missing=" python3-venv"
    ;;
font)
    want fonts-noto-cjk sh -c 'fc-list :lang=zh | grep -q . || ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
    ;;
tests)
    want postgresql sh -c 'ls /usr/lib/postgresql/*/bin/initdb'
    want strace sh -c 'command -v strace'
    want chromium sh -c 'command -v chromium'
    want fonts-noto-cjk sh -c 'ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
    ;;
*)
    echo "usage: $0 tests|font|venv" >&2
    exit 2
    ;;
esac

[ -z "$missing" ] && exit 0
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
