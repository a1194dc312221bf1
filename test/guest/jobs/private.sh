# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# private - keep=all: the system never gets a page of the region, every
# allocation is a pool hit without a claim, also for nowait, and also when memory
# is scarce; on both sources, and on a reservation that is smaller than a unit.
# Beside it the automatic choice, which takes half of the area.
# That a buffer's memory is zero for its next holder is not visible here.
#
# cmdline: cma=32M
# cmdline@6.12-*|7-*: cma=32M reserve_mem=5M:1M:odd
# mem: 160M
# smp: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# --- the automatic choice -----------------------------------------

dmesg -c >/dev/null
is "$(load)" ok "a cma= area of 32 MiB is enough for the automatic choice"
region_info default
is "$nr_pages $source $keep" "4096 cma 0-0" "it takes half of the area"
matches "$(dmesg -c)" "lcma: region default: 16384 KiB at 0x0*${base#0x} from cma" \
	"and says so"
check "unload" lcma_unload

# --- nobody else gets a page ----------------------------------------------------

regions="mine=16M@cma,keep=all"
names=mine
if can_reserve_mem; then
	regions="$regions;odd=5M@reserve_mem:odd,keep=all"
	names="mine odd"
fi
is "$(load "$regions")" ok "load '$regions'"
all=
for name in $names; do
	identity $name "region $name adds up"
	is "$pool $shared $keep" "$nr_pages 0 all" "all of region $name is pool"
	all="$all $base+$((nr_pages * 4096))"
done

check "a program takes all memory there is" memhold hold hog free=16384
is "$(memhold ask hog count $all | sed 's/ of .*//')" 0 \
	"but not a page of these regions"
is "$(memhold ask hog verify)" ok "it has what it wrote"
for name in $names; do
	region_info $name
	mib=$((nr_pages / 256))
	expect_write ok "${mib}M nowait region=$name" "the whole region, at once"
	identity $name "adds up"
	is "$used $pool $largest" "$nr_pages 0 0" "all of it is used"
	expect_write ENOSPC "4K region=$name" "and full"
	lcma_free >/dev/null
	region_info $name
	is "$pool $shared" "$nr_pages 0" "freed is kept"
	expect_write ok "${mib}M nowait region=$name" "and there again, at once"
	lcma_free >/dev/null
	region_info $name
	is "$claims $pool_hits" "0 2" "two pool hits, and never a claim"
done
is "$(memhold ask hog verify)" ok "the program's memory is as it was"
memhold ask hog end >/dev/null

# --- exact, as everywhere -------------------------------------------------------

seed
for name in $names; do
	answer=$(fragment -r $name -s "$seed" random 400 4096)
	status=$?
	diag "$answer"
	is $status 0 "region $name keeps to the model"
done
answer=$(fragment -r mine fill 1M 1M)
matches "$answer" " 16 allocated, 1 times ENOSPC, 16 freed$" "16 times 1 MiB"
for name in $names; do
	region_info $name
	is "$claims $shared" "0 0" "region $name: no claim, nothing shared, to the end"
done
check "unload" lcma_unload
is "$(load "mine=16M@cma")" ok "the same memory as a region that shares"
region_info mine
is "$shared" 4096 "shares it"
check "unload" lcma_unload

finish
