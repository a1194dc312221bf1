# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# regions - a region in HIGHMEM, memory that the kernel has no linear mapping of
# (the area lies above 760 MiB): the text device, accounting, and allocation
# while programs use the region, with their memory checked; on 6.12 beside a
# lowmem region from reserve_mem. What the other jobs prove in lowmem, in short.
#
# suite@6.1-armhf: trust
# timeout: 240
# kernels: *-armhf
# cmdline: cma=64M@0x90000000
# cmdline@6.12-*|7-*: cma=64M@0x90000000 reserve_mem=16M:8M:lcma
# mem: 848M
# smp: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

regions="high=48M@cma"
can_reserve_mem && regions="$regions;low=16M@reserve_mem"
check "load" load "$regions"
region_info high
is "$zone $nr_pages $source" "HighMem 12288 cma" "the region is HIGHMEM"
compare $((base)) -ge $((0x90000000)) "and lies where cma= said"
compare $((base + nr_pages * 4096)) -le $((0x94000000)) "and nowhere else"
identity high "it adds up"
region="$base+$((nr_pages * 4096))"
if can_reserve_mem; then
	region_info low
	matches "$zone $nr_pages $source" "^(DMA|Normal) 4096 reserve_mem:lcma$" \
		"the other region is lowmem"
fi

# --- the text device ------------------------------------------------------------

region_info high
expect_write ok 0 "a slot"
expect_write ok 4096 "4 MiB"
expect_write ok "8M align=1M label=camera region=high" "8 MiB, aligned"
buffers high
word "$buffer" phys
is $((word % 1048576)) 0 "$word is a multiple of 1 MiB"
identity high "adds up"
is "$used" 3328 "13 MiB are used"
expect_write EFBIG "49M region=high"
expect_write ENOSPC "48M region=high"
matches "$(lcma_free)" "^freed slot=0 bytes=1048576 phys=0x9[0-9a-f]+ region=high" \
	"freed: the slot"
matches "$(lcma_free)" "^freed slot=- bytes=4194304 phys=0x9[0-9a-f]+ region=high" \
	"freed: 4 MiB"
lcma_free_all
answer=$(fragment -r high fill 6M 2M)
matches "$answer" " 8 allocated, 1 times ENOSPC, 8 freed$" "8 times 6 MiB"
seed
answer=$(fragment -r high -s "$seed" random 80 8192)
status=$?
diag "$answer"
is $status 0 "80 random steps keep to the model"

# --- in use ---------------------------------------------------------------------

# Programs get HIGHMEM first; so much is more than there is of it.
check "programs use memory" memhold hold anon 94
answer=$(memhold ask anon count $region)
region_info high
compare "${answer% of*}" -gt $((nr_pages / 2)) "$answer of its pages lie in the region"
compare "$system" -gt $((nr_pages / 2)) \
	"the system uses $system of the region's $nr_pages pages"
for size in 12K 3M 16M 24M; do
	expect_write ok "$size region=high" "$size"
done
identity high "adds up"
ranges high
is "$(memhold ask anon count $ranges | sed 's/ of .*//')" 0 \
	"none of its pages lies in a buffer"
is "$(memhold ask anon verify)" ok "and its memory is as it was written"
lcma_free_all
expect_write ok "48M region=high" "all of the region in one piece"
is "$(memhold ask anon verify)" ok "its memory is as it was written"
lcma_free_all
if can_reserve_mem; then
	expect_write ok "16M region=low" "all of the lowmem region"
	lcma_free_all
fi
identity high "adds up at the end"
is "$shared" "$nr_pages" "all of it is the system's"
is "$(memhold ask anon verify)" ok "its memory is as it was written, after all"
memhold ask anon end >/dev/null
check "unload" lcma_unload
is "$(load "$regions")" ok "it loads again"
region_info high
is "$base+$((nr_pages * 4096))" "$region" "where it was"
check "unload" lcma_unload

finish
