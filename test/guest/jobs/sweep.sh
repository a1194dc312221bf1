# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# sweep - every failure point: the 1st, 2nd, ... that an operation passes fails,
# then that one and all later ones. Each time the error is the one that the
# manuals promise, nothing is left, and the next try works; for load, drain and
# unload, the next load gets the same memory. First lcma's own points
# (src/fault.h), each of which has to be met. The kernel's own: sweep_kernel.
# Cannot be shown here: memory of the kernel's that leaks (kmemleak's task), and
# two failures that have nothing to do with each other.
#
# suite: trust
# mem: 1G
# smp: 1
# cmdline: cma=32M@0x90000000 init_on_alloc=0
# cmdline@*-arm64|*-amd64: cma=28M init_on_alloc=0
# cmdline@6.12-arm64|7-*: cma=28M reserve_mem=8M:8M:res reserve_mem=8M:8M:lcma init_on_alloc=0
# cmdline@6.12-armhf: cma=32M@0x90000000 reserve_mem=8M:8M:res reserve_mem=8M:8M:lcma init_on_alloc=0
# timeout: 1200

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

# All that the area has (the kernel's atomic pool has a unit): what is lost in
# one round is missed in the next one. No pool that is refilled: claims in the
# background would pass points, too.
regions="main=8M@cma,keep=0,heap=sweep;own=8M@cma,keep=all;pool=8M@cma,keep=0-2M"
cma_regions=$regions
can_reserve_mem && regions="$regions;res=8M@reserve_mem:res,keep=0"
apitest=/test/kmod/lcma_apitest.ko

began=$(now_ms)
lap()
{
	diag "$1: $(($(now_ms) - began)) ms"
	began=$(now_ms)
}

testkit_load
area
check "lcma is loaded" lcma_load "$regions"
[ -e /sys/kernel/debug/lcma_faults ] || bail_out "lcma was built with LCMA_FAULTS=n"
sed -n 's/^\([A-Z_]*\) .*/\1/p' /sys/kernel/debug/lcma_faults | sort >/tmp/points
region_pages main
check "a client is loaded" insmod $apitest
run_program lcma_sweep orders "$regions"
lap "orders"
run_program lcma_sweep operations "$regions"
lap "operations"
check "the client is unloaded" rmmod lcma_apitest
check "lcma is unloaded" lcma_unload

run_program lcma_sweep life "$regions"
lap "life"
run_program lcma_sweep life ""
lap "life of the automatic choice"

# What cannot be made to fail would not be tested.
can_reserve_mem || echo RMEM_CARVE >>/tmp/seen
# These kernels have no memory errors to be told of.
[ "$(uname -m)" = armv7l ] && echo WATCH_PROBE >>/tmp/seen
# The job live sweeps its own.
printf 'LIVE_CARVE\nLIVE_SURVEY\n' >>/tmp/seen
# The job dma makes each of these fail. A new one has to be added there first.
for point in CLIENT PIECE RULES TABLE; do
	echo DMA_$point
done >>/tmp/seen
echo GROUP_NEW >>/tmp/seen
# These are sweep_of's.
printf 'OF_CARVE\nOF_AREA\nNOMAP_MAP\n' >>/tmp/seen
frees_blocks || echo UNCLAIM_BLOCK >>/tmp/seen
# Where all memory is mapped there is nothing to map; the job dma makes these fail, too.
[ "$(uname -m)" = armv7l ] || printf 'MAPPING_VMAP\nMAPPING_LIST\n' >>/tmp/seen
is "$(grep -vxFf /tmp/seen /tmp/points)" "" \
	"every point was made to fail"

fill_area 1048576 >/dev/null
is "$(neighbours_in $((base_pfn * 4096)) $((nr_pages * 4096)))" $((nr_pages / 256)) \
	"the kernel's own CMA can allocate all of it"
free_area

# The last one: what is lost is so until the next boot.
run_program lcma_sweep lasting "$cma_regions"
finish
