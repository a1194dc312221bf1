# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# regions_many - as many regions as there may be, 64, of one unit each: all of them
# load, serve and unload, and leave the area as it was; one more is refused.
#
# suite: trust
# kernels: *-armhf
# mem: 1G
# cmdline: cma=528M
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

many=
i=0
while [ $i -lt 64 ]; do
	many="$many;r$i=4M@cma"
	i=$((i + 1))
done
many=${many#;}

check "65 are refused" eval '! lcma_load "$many;x=4M@cma"'
for keep in 0 all; do
	lcma_keep=$keep
	began=$(now_ms)
	check "keep=$keep: 64 load" lcma_load "$many"
	diag "keep=$keep: loaded after $(($(now_ms) - began)) ms"
	is "$(find $sys -name nr_pages | wc -l)" 64 "keep=$keep: 64 in sysfs"
	is "$(cat $sys/*/base | sort | uniq | wc -l)" 64 "keep=$keep: in 64 places"
	expect_write ok "4M region=r63" "keep=$keep: the last of them serves"
	expect_write ok "4M region=r0" "keep=$keep: the first as well"
	lcma_free_all
	began=$(now_ms)
	check "keep=$keep: 64 unload" lcma_unload
	diag "keep=$keep: unloaded after $(($(now_ms) - began)) ms"
done
finish
