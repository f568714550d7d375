#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# listed.sh - no file is forgotten: what stands in src/ and tests/ is named in a local.mk, so that it is
# built, run, and in the tarball.
# In: $top_srcdir. Out: TAP, a line for each folder.
set -euo pipefail

cd "${top_srcdir:?}"
names=$(cat Makefile.am src/*/local.mk tests/local.mk tests/*/local.mk | grep -v '^#' | tr -s ' \t\\=' '\n')
n=0
while read -r folder; do
	n=$((n + 1))
	forgotten=
	while read -r file; do
		# A test program is named without its .c.
		grep -qxF -e "$file" -e "${file%.c}" <<<"$names" || forgotten+="# $file"$'\n'
	done < <(find "$folder" -maxdepth 1 -type f -name '*.*' | grep -E '\.(c|h|py|sh)$' | sort)
	[ -z "$forgotten" ] || printf 'not '
	printf 'ok %d - every file of %s is named in a local.mk\n%s' $n "$folder" "$forgotten"
done < <(find src tests -type d -not -name __pycache__ | sort)
echo "1..$n"
