#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# headers.sh - every header compiles alone, without a warning, and has the guard that its path says.
# In: $top_srcdir, $TCPSHAKE_COMPILE (the compiler with all its flags). Out: TAP.
set -euo pipefail

src=${top_srcdir:?}/src
cd "${top_builddir:?}"
n=0
while read -r header; do
	n=$((n + 1))
	guard=TCPSHAKE_$(tr 'a-z/.-' 'A-Z___' <<<"$header")
	# shellcheck disable=SC2086 # a command line
	if ! errors=$(${TCPSHAKE_COMPILE:?} -Werror -fsyntax-only -x c - <<<"#include \"$header\"" 2>&1); then
		printf 'not ok %d - %s compiles alone\n' $n "$header"
		printf '%s\n' "$errors" | head -20 | sed 's/^/# /'
	elif ! grep -qx "#ifndef $guard" "$src/$header"; then
		printf 'not ok %d - %s compiles alone\n# its guard is not %s\n' $n "$header" "$guard"
	else
		printf 'ok %d - %s compiles alone\n' $n "$header"
	fi
done < <(find "$src" -name '*.h' -printf '%P\n' | sort)
echo "1..$n"
