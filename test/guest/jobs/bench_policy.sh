# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_policy - B8 of the bench: the policies with each other. In a region with 16 gaps
# of 7 MiB, which a program uses to different parts, from not at all to nearly all, 8
# buffers of 4 MiB: how long they take. And a crowd that replaces buffers of 7 to 757
# pages at random: how many it gets, and how many find no run that is long enough.
# Proves nothing by itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 900

. /test/lib/tap.sh
. /test/lib/hands.sh
. /test/lib/bench.sh
single_pages

of 2 1
reps=${lcma_reps:-$of}
of 400 120
total=${lcma_each:-$of}		# allocations of all threads in a turn
mib=1048576
nr_gaps=16

has_used()
{
	[ "$(lcma_info bench used_pages)" = "$1" ]
}

# make_gaps: between buffers of 1 MiB, and one of all the rest
make_gaps()
{
	i=0
	holders=
	while [ $i -lt $nr_gaps ]; do
		i=$((i + 1))
		echo "7M region=bench" >$dev || bail_out "a gap of 7 MiB"
		cmactl alloc 1M --region bench --hold=10000 >/dev/null &
		holders="$holders $!"
		wait_for 20000 has_used $((i * 2048)) || bail_out "1 MiB beside a gap"
	done
	echo "$((part_pages / 256 - 8 * nr_gaps))M region=bench" >$dev ||
		bail_out "the rest of the region"
	# The oldest goes first.
	i=0
	while [ $i -lt $nr_gaps ]; do
		i=$((i + 1))
		cat $dev >/dev/null
	done
	wait_for 20000 has_used $((part_pages - nr_gaps * 7 * 256)) ||
		bail_out "gaps are not free"
}

end_gaps()
{
	# shellcheck disable=SC2086	# one word a process
	kill $holders
	# shellcheck disable=SC2086
	wait $holders 2>/dev/null
	while read -r _ <$dev; do :; done
}

# leave_gaps SEED: the program gives up of each gap as many 16ths as of no other one
leave_gaps()
{
	ranges=
	i=0
	while [ $i -lt $nr_gaps ]; do
		share=$(((i * 11 + $1) % nr_gaps * 7 * mib / nr_gaps))
		[ $share = 0 ] ||
			ranges="$ranges $(printf '0x%x+%d' $((lcma_pfn * 4096 + i * 8 * mib)) $share)"
		i=$((i + 1))
	done
	# shellcheck disable=SC2086	# one word a range
	memhold ask m leave $ranges >/dev/null || bail_out "memhold does not let go"
}

for policy in first-fit best-fit cost; do
	bench_load 256M 0 lower
	echo first-fit >$sys/bench/policy
	make_gaps
	check "policy=$policy" eval "echo $policy >$sys/bench/policy"
	rep=0
	while [ $rep -lt "$reps" ]; do
		memhold hold m free=$(($(high_kib) + 18000)) || bail_out "memory cannot be filled"
		leave_gaps $rep
		measure B8 "\"policy\":\"$policy\"," \
			held size=1024 count=8 pool=0 \
			used=$((part_pages - nr_gaps * 7 * 256))
		memhold ask m end >/dev/null
		rep=$((rep + 1))
	done
	end_gaps
	measure B8crowd "\"policy\":\"$policy\"," \
		crowd threads=8 hold=16 each=$((total / 8)) rounds=2 min=7 max=757
done
bench_unload
finish
