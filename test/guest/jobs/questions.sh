# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Proves that what README shows as output, below "Ten questions", is what cmactl says:
# runs each command there, "#" as root and "$" as an ordinary user, and compares the
# lines but for numbers, units of time and the characters of a map. "..." stands for any
# lines. What it printed is in the log, so that README can be brought up to date. Cannot
# prove that the numbers are those of another day.
#
# matrix: no
# kernels: 6.1-armhf
# cmdline: cma=96M
# timeout: 60
# data: README.md

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

out=/tmp/out
wanted=/tmp/wanted
readme=/test/data/README.md

# shape FILE: its lines, without what differs from day to day; of equal ones one
shape()
{
	sed -E 's/ [.%Pp+#~haiRX]{40,}.*/ MAP/
		s/0x[0-9a-f]+/X/g
		s/[0-9]+[.][0-9]+[.][0-9]+[^ ,]*/VERSION/g
		s/[0-9]+([.][0-9]+)?/9/g
		s/9 (h|m) 9 (m|s)/9 s/g
		s/9 (us|ms|s)/9 TIME/g
		s/9 (B|KiB|MiB|GiB)/9 SIZE/g
		s/TIME [-.:=+*# ]+$/TIME/
		s/ +/ /g; s/ $//' "$1" | uniq
}

# has_lines: are the lines of $wanted.shape in $out.shape, in this order?
has_lines()
{
	awk 'BEGIN { at = nr = 0 }
		NR == FNR { if ($0 != "...") want[nr++] = $0; next }
		at < nr && $0 == want[at] { at++ }
		END { if (at < nr) print want[at]; exit at < nr }' $wanted.shape $out.shape
}

# compare_block: the command that was read last, with what README has of it
compare_block()
{
	[ -n "$command" ] || return
	# A blank line between two commands, or before a text, is the document's.
	sed -i '${/^$/d}' $wanted
	diag "README: $prompt $command"
	if [ "$prompt" = '$' ]; then
		set -- as_1000
	else
		set --
	fi
	# shellcheck disable=SC2086	# words are what is wanted
	"$@" $command >$out 2>&1 </dev/null
	diag "$(cat $out)"
	shape $out >$out.shape
	shape $wanted >$wanted.shape
	if grep -q '^[.][.][.]$' $wanted; then
		missing=$(has_lines)
		is "$missing" "" "$prompt $command: every line is there"
	else
		is "$(cat $out.shape)" "$(cat $wanted.shape)" "$prompt $command"
	fi
	nr_commands=$((nr_commands + 1))
	command=
}

check "load" lcma_load "cam=32M@cma,keep=0;gpu=16M@cma,keep=all"
chmod 666 /dev/lcma	# as the udev rule does for the group video

# What README tells of: a buffer that is held, a pin, and a request that failed.
as_1000 cmactl alloc 4M --region gpu --label camera --hold 60 >/tmp/held 2>&1 &
holder=$!
is_held()
{
	[ -s /tmp/held ]
}
wait_for 20000 is_held
region_pages cam
pin -c 1 -o $((nr_pages / 2)) $base_pfn "$nr_pages"
as_1000 cmactl alloc 32M --region cam >$out 2>&1
is $? 1 "a request of a user fails"
as_1000 cmactl alloc 8M --region cam --hold 0.01 >$out 2>&1
is $? 0 "a smaller one does not"

command=
nr_commands=0
is_section=no
while IFS= read -r line; do
	case $line in
	'## Ten questions') is_section=yes ;;
	'## '*) [ $is_section = no ] || break ;;
	esac
	[ $is_section = yes ] || continue
	case $line in
	'    # cmactl '* | '    $ cmactl '*)
		compare_block
		line=${line#    }
		prompt=${line%% *}
		command=${line#? }
		: >$wanted
		;;
	'    $ '*) compare_block ;;
	'    '*) [ -z "$command" ] || printf '%s\n' "${line#    }" >>$wanted ;;
	'') [ -z "$command" ] || echo >>$wanted ;;
	*) compare_block ;;
	esac
done <$readme
compare "$nr_commands" -ge 8 "README answers with eight commands of cmactl"

unpin "the pinned page is intact"
kill $holder
wait $holder
check "unload" lcma_unload
finish
