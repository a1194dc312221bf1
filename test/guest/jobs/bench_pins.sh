# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_pins - B5 of the bench: of every 20, 5, 2 blocks of both sides' parts one holds
# a page that a pipe has pinned all the time; allocations up to the longest run
# without one, beside the kernel's CMA. Proves nothing by itself; test/bench/report
# says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 900

. /test/lib/tap.sh
. /test/lib/bench.sh

of "20 5 2" "2"
everies=${lcma_everies:-$of}
reps 16 2
block=2048

# pin_part PFN EVERY FILE: pins one block of EVERY in a part; its process in $pinner
pin_part()
{
	pin_pages -e $(($2 * block)) -o $(($2 * block * 5 / 7)) "$1" $part_pages >"$3" &
	pinner=$!
	until grep -q ^ready "$3"; do
		kill -0 $pinner 2>/dev/null || bail_out "pin_pages has ended"
		usleep 50000
	done
}

# longest_run FILE: the longest one without a pin that begins on an alignment of
# 256 pages, which is what both sides are asked for; in $run
longest_run()
{
	run=$(sed -n 's/^pfn=[^ ]* page=//p' "$1" | sort -n |
		awk -v end=$part_pages '
			function gap(stop) {
				start = int((from + 255) / 256) * 256
				if (stop - start > most) most = stop - start
				from = stop + 1
			}
			{ gap($1) }
			END { gap(end); print most }')
}

# alike N M: as many, give or take one: a block may have had no page for us
alike()
{
	[ "$1" -le $(($2 + 1)) ] && [ "$2" -le $(($1 + 1)) ]
}

# pin_both EVERY: the same in both parts; tried again where a part came off worse. The
# processes in $ours, $pinner, their pins in $nr, $theirs
pin_both()
{
	for try in 1 2 3 4 5; do
		pin_part "$lcma_pfn" $1 /tmp/ours
		ours=$pinner
		pin_part "$kernel_pfn" $1 /tmp/theirs
		nr=$(grep -c ^pfn /tmp/ours)
		theirs=$(grep -c ^pfn /tmp/theirs)
		if alike "$nr" "$theirs" || [ $try = 5 ]; then
			return
		fi
		kill $ours $pinner
		wait $ours $pinner
	done
}

# with_pins EVERY: measures beside one pinned page in that many blocks
with_pins()
{
	pin_both $1
	check "as many pins here as there: $nr, $theirs" alike "$nr" "$theirs"
	percent=$((100 * nr * block / part_pages))
	longest_run /tmp/ours
	for size in 64 1024 $run; do
		longest=false
		[ $size != $run ] || longest=true
		measure B5 "\"every\":$1,\"longest\":$longest,\"pinned_percent\":$percent,\"run_pages\":$run,\"exists\":true," \
			pair size=$size reps=$reps pool=$idle
	done
	kill $ours $pinner
	wait $ours $pinner
	is "$(tail -qn 1 /tmp/ours /tmp/theirs | paste -sd' ')" "intact intact" \
		"the pinned pages are intact"
}

for k in $keeps; do
	for part in $parts; do
		for every in $everies; do
			bench_load 256M $k $part
			with_pins $every
		done
	done
done
bench_unload
finish
