# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_policy - B8 of the bench: the policies with each other. 24 buffers of 4 MiB in a
# region whose units are in use by a program to different parts, from not at all to
# nearly all, and a crowd that replaces buffers of 7 to 757 pages at random: how long
# allocations take, and how many find no run that is long enough. Proves nothing by
# itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 900

. /test/tap.sh
. /test/bench.inc.sh

of 2 1
reps=${lcma_reps:-$of}
of 3000 1000
ms=${lcma_ms:-$of}
unit=$((8 << 20))

# leave PFN FIRST: the program gives up of each unit of a part as many 32nds as no
# other unit
leave()
{
	ranges=
	u=0
	while [ $u -lt $((part_pages * 4096 / unit)) ]; do
		share=$(((u * 11 + $2) % 32 * unit / 32))
		[ $share = 0 ] ||
			ranges="$ranges $(printf '0x%x+%d' $(($1 * 4096 + u * unit)) $share)"
		u=$((u + 1))
	done
	# shellcheck disable=SC2086	# one word a range
	memhold ask m leave $ranges >/dev/null || bail_out "memhold does not let go"
}

for policy in first-fit best-fit cost; do
	bench_load 256M 0
	check "policy=$policy" eval "echo $policy >$sys/bench/policy"
	i=0
	while [ $i -lt "$reps" ]; do
		memhold hold m free=24000 || bail_out "memory cannot be filled"
		leave "$lcma_pfn" $i
		leave "$kernel_pfn" $i
		measure B8 "\"policy\":\"$policy\"," held size=1024 count=24 pool=0
		is "$(memhold ask m verify)" ok "what lived there is unharmed"
		memhold ask m end >/dev/null
		i=$((i + 1))
	done
	measure B8crowd "\"policy\":\"$policy\"," \
		crowd threads=4 hold=40 ms=$ms rounds=2 min=7 max=757
done
bench_unload
finish
