#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cmocka-tap.sh PROGRAM [ARGUMENT...] - run a cmocka program; its TAP made into TAP that automake counts right.
#
# cmocka 1.1 prints a plan for each group and numbers each from 1; a skipped test is `not ok N # SKIP name`
# without a reason; a failed test also fails the program, which would be counted a second time. Here: one
# plan, one numbering, and the reason of a skip is the last line `# skip: WHY` that the test printed.
# A program that fails for any other reason (signal, sanitizer, leak, five minutes) still fails.

result=$(mktemp) || exit 99
trap 'rm -f "$result"' EXIT

{ timeout 300 "$@"; echo $? >"$result"; } | awk '
	/^1\.\.[0-9]+$/         { planned += substr($0, 4); plans++; next }
	/^# skip: /             { why = substr($0, 9); next }
	/^not ok [0-9]+ # SKIP/ { sub(/^not ok [0-9]+ # SKIP */, "")
	                          print "ok " ++n " - " $0 " # SKIP " (why == "" ? "no reason given" : why)
	                          why = ""; next }
	/^(not )?ok [0-9]+/     { why = ""; sub(/ok [0-9]+/, "ok " ++n) }
	                        { print; fflush() }
	/^not ok/               { failed = 1 }
	END                     { if (plans) print "1.." planned; exit failed }'
failed=$?
status=$(cat "$result")
[ "$failed" -ne 0 ] && [ "$status" -lt 126 ] && exit 0
exit "$status"
