#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# conformance.sh [TOP] - doc/CONFORMANCE.md and the tests that it names agree.
# In: $top_srcdir. Out: TAP, a line for each file of tests; then the lint is tried on a planted table.
#
# The table names a test as `test_FILE.c`: `function`, `function`; a function has "__" in its name.
set -euo pipefail

# named DOC: "file function" for each test that the table names, "file -" for a file without functions.
named() {
	# shellcheck disable=SC2016 # backquotes of the table
	{ grep -o '`[a-z0-9_.]*`' "$1" || true; } | tr -d '`' | awk '
		function told() { if (file != "" && !any) print file, "-" }
		/^test_[a-z0-9_]+\.(c|py)$/ { told(); file = $0; any = 0; next }
		/__/ { print (file == "" ? "?" : file), $0; any = 1 }
		END { told() }' | sort -u
}

# disagreements TOP: a line for each test that is named and missing, or there and not named.
disagreements() {
	local top=$1 table file function path
	table=$(named "$top/doc/CONFORMANCE.md")
	while read -r file function; do
		path=$(find "$top/tests" -name "$file" | head -n 1)
		if [ -z "$path" ]; then
			echo "$file: the table names it, it is not there"
		elif [ "$function" != - ] && ! grep -q "\b$function(" "$path"; then
			echo "$file: the table names $function, it has none"
		fi
	done < <([ -z "$table" ] || echo "$table")
	for path in "$top"/tests/unit/test_conform_*.c; do
		while read -r function; do
			grep -qxF "${path##*/} $function" <<<"$table" ||
				echo "${path##*/}: $function is not in the table"
		done < <(grep -oE '\b[a-z0-9_]+__[a-z0-9_]+\(void \*\*' "$path" | cut -d'(' -f1)
	done
}

top=${1:-${top_srcdir:?}}
found=$(disagreements "$top")
n=0
for path in "$top"/tests/unit/test_conform_*.c "the others"; do
	n=$((n + 1))
	file=${path##*/}
	mine=$(grep "^$file: " <<<"$found" || true)
	[ "$path" != "the others" ] || mine=$(grep -v '^test_conform_[a-z]*\.c: ' <<<"$found" || true)
	if [ -z "$mine" ]; then
		echo "ok $n - doc/CONFORMANCE.md and $file agree"
	else
		echo "not ok $n - doc/CONFORMANCE.md and $file agree"
		echo "# ${mine//$'\n'/$'\n'# }"
	fi
done

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/doc" "$planted/tests/unit"
echo 'static void a__b__c(void **unused) { }' >"$planted/tests/unit/test_conform_x.c"
# Planted: what the table says, and whether that agrees with the one test that there is.
while read -r verdict line; do
	n=$((n + 1))
	echo "$line" >"$planted/doc/CONFORMANCE.md"
	found=$(disagreements "$planted")
	[ "$verdict" = bad ] && [ -z "$found" ] && printf 'not '
	[ "$verdict" = good ] && [ -n "$found" ] && printf 'not '
	echo "ok $n - $line is $verdict"
done <<'CASES'
good | `test_conform_x.c`: `a__b__c` |
bad | nothing |
bad | `test_conform_x.c`: `a__b__d` |
bad | `test_conform_x.c`: `a__b__c`, `a__b` |
bad | `test_conform_x.c`: `a__b__c`; `test_conform_y.c` |
bad | `a__b__c` |
CASES
echo "1..$n"
