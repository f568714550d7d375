#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# layers.sh [SRC] - the arrows of the design point one way: who may include what.
# In: $top_srcdir. Out: TAP, a line for each folder of src/; then the lint is tried on planted violations.
#
# Our own headers are written "folder/name.h", everything else <name.h>.
set -euo pipefail

# Folders of ours whose headers a folder may include, besides its own.
declare -A ours=(
	[base]=''
	[tcp]=''
	[trace]='tcp base'
	[wire]='tcp base'
	[view]='probe trace wire tcp base'
	[drive]='trace wire tcp base'
	[http]='drive base'
	[script]='drive view trace wire tcp base'
	[probe]='drive trace wire tcp base'
	[cli]='script probe http drive view trace wire tcp base'
	[.]='cli base'
)
# Libraries: the header, and the only folders that may include it.
declare -A libraries=(
	[libnet.h]='wire'
	[pcap.h]='wire view' [pcap/]='wire view'
	[libmnl/]='wire'
	[cap-ng.h]='wire'
	[seccomp.h]='wire'
	[curl/]='http'
	[nettle/]='http'
	[jansson.h]='view'
	[readline/]='cli'
	[cmocka.h]=''
)
# The engine is pure: headers of the C library that make no system call.
pure=' assert.h ctype.h errno.h inttypes.h limits.h stdbool.h stddef.h stdint.h stdlib.h string.h '

# violations SRC FOLDER: prints one line for each include that FOLDER may not make.
violations() {
	local src=$1 folder=$2 depth=() place kind name library
	[ "$folder" = . ] && depth=(-maxdepth 1)
	if [ -z "${ours[$folder]+known}" ]; then
		echo "src/$folder: unknown folder, say in tests/lint/layers.sh what it may include"
		return
	fi
	while IFS='	' read -r place kind name; do
		if [ "$kind" = '"' ]; then
			case " $folder ${ours[$folder]} " in
			*" ${name%%/*} "*) [ -e "$src/$name" ] || echo "$place: \"$name\" is not below src/" ;;
			*) echo "$place: src/$folder may not include \"$name\"" ;;
			esac
			continue
		fi
		if [ "$folder" = tcp ] && [[ $pure != *" $name "* ]]; then
			echo "$place: the engine is pure, it may not include <$name>"
		fi
		for library in "${!libraries[@]}"; do
			[[ $name == "$library"* ]] || continue
			[[ " ${libraries[$library]} " == *" $folder "* ]] ||
				echo "$place: only ${libraries[$library]:-tests} may include <$name>"
		done
	done < <(find "$src/$folder" "${depth[@]}" -name '*.[ch]' -exec awk '
		match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]+/) {
			text = substr($0, RSTART, RLENGTH); at = match(text, /["<]/)
			printf "%s:%d\t%s\t%s\n", FILENAME, FNR, substr(text, at, 1), substr(text, at + 1)
		}' {} +)
}

src=${1:-${top_srcdir:?}/src}
n=0
while read -r folder; do
	n=$((n + 1))
	found=$(violations "$src" "$folder")
	if [ -z "$found" ]; then
		echo "ok $n - src/$folder includes only what is below it"
	else
		echo "not ok $n - src/$folder includes only what is below it"
		echo "# ${found//$'\n'/$'\n'# }"
	fi
done < <(cd "$src" && echo . && find . -mindepth 1 -maxdepth 1 -type d -not -name '.*' -printf '%P\n' | sort)

# Planted: a line of C, the folder it stands in, and whether it is a violation.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
while read -r verdict folder line; do
	n=$((n + 1))
	rm -rf "$planted/src"
	mkdir -p "$planted/src/"{base,tcp,wire,cli,"$folder"}
	touch "$planted/src/"{base/err.h,tcp/seq.h,wire/guard.h,cli/cli.h}
	echo "$line" >"$planted/src/$folder/planted.c"
	found=$(violations "$planted/src" "$folder")
	[ "$verdict" = bad ] && [ -z "$found" ] && printf 'not '
	[ "$verdict" = good ] && [ -n "$found" ] && printf 'not '
	echo "ok $n - in src/$folder, \`${line//#/}\` is $verdict"
done <<'CASES'
good tcp #include "tcp/seq.h"
good tcp #include <string.h>
bad tcp #include "base/err.h"
bad tcp #include <sys/socket.h>
bad tcp #  include	<time.h>
bad wire #include "cli/cli.h"
bad wire #include "guard.h"
bad wire #include "wire/nowhere.h"
good wire #include <pcap.h>
bad drive #include <pcap/pcap.h>
bad base #include "tcp/seq.h"
good . #include "cli/cli.h"
bad . #include "wire/guard.h"
bad newcomer #include <stdio.h>
CASES
echo "1..$n"
