# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# of - nodes of a device tree as regions: reusable, plain and dynamic ones, in lowmem and
# HIGHMEM, by label and by name; without regions= those with a compatible of lcma's, as
# their properties say; loaded again, drained, and what is refused. The failure points:
# sweep_of; names, properties and places: of_nodes. Cannot be shown: the device tree of a real
# board's firmware.
#
# suite@6.1-armhf: trust
# mem: 1G
# cmdline: cma=16M
# overlay: test/guest/data/of.dtso
# kernels: *-armhf *-arm64
# wide: 6.12-arm64

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

# said PATTERN DESCRIPTION: in the log since the last time
said()
{
	matches "$(dmesg -c)" "$@"
}

[ -d /proc/device-tree/reserved-memory/gpu@72000000 ] || bail_out "the guest has another device tree"
is_arm=$([ "$(uname -m)" = armv7l ] && echo yes)
dmesg -c >/dev/null

# What holds for a region wherever it comes from.
# serves REGION SHARED: and all of it is SHARED (yes or no) when idle
serves()
{
	# shellcheck disable=SC2046	# words
	set -- "$1" "$2" $(sums "$1" nr_pages shared_pages)
	is "$4" "$([ "$2" = yes ] && echo "$3" || echo 0)" "region $1 shares $([ "$2" = yes ] && echo all || echo nothing)"
	expect_write ok "$(($3 * 2))K region=$1" "region $1 serves half of itself"
	lcma_free >/dev/null
	expect_idle "$1" "and gets it back"
}

check "reusable, plain and dynamic nodes become regions" \
	lcma_load "cam=16M@of:cam;cam2=8M@of:cam;deep=8M@of:deep;gpu=8M@of:gpu,keep=all;gpu2=8M@of:gpu@72000000;high=16M@of:high;dyn=8M@of:dynamic;small=1M@of:small" ||
	dmesg | tail -n 3 | sed 's/^/# /'
is "$(lcma_info cam source)" of:cam "a label names the source"
refuses_late()
{
	if echo "late=$1" 2>/dev/null >$sys/add; then
		fail "late=$1 is refused"
	else
		matches "$(cat $sys/add)" "$2" "late=$1 is refused, and the reason can be read"
	fi
}
# refuses_back REGION PATTERN
refuses_back()
{
	if echo "$1" 2>/dev/null >$sys/add; then
		fail "region $1 does not come back"
	else
		matches "$(cat $sys/add)" "$2" "region $1 does not come back, and the reason can be read"
	fi
}
refuses_late "1M@of:nowhere" "no node below /reserved-memory has the label or the name nowhere"
refuses_late "1G@of:deep" "wants 1048576 KiB, node deep@90000000 has"
refuses_late "1M@cma,cache=uncached" "cache=uncached is not possible in"
check "a name with a comma is a name" eval "echo 'tiny=512K@of:acme,tiny,keep=all' >$sys/add"
is "$(lcma_info tiny source) $(lcma_info tiny keep)" "of:acme,tiny@73900000 all" "also before an option"
refuses_late "1M@of:acme,tiny,kep=all" "\"kep=all\" is no option"
is "$(lcma_info deep source)" of:deep@90000000 "or the node's name does"
zone=$(lcma_info gpu zone)
if [ -n "$is_arm" ]; then
	is "$(lcma_info cam zone) $(lcma_info dyn zone)" "$zone $zone" "nodes in lowmem are there"
	is "$(lcma_info deep zone) $(lcma_info high zone)" "HighMem HighMem" "and nodes in HIGHMEM there"
fi
is "$(lcma_info gpu base)" 0x72000000 "a plain node is used from its first page on"
for r in cam cam2 deep gpu2 high dyn; do serves $r yes; done
serves gpu no
serves small no
said "region small: has no whole unit, so it is private" "a node without a whole unit is private"

for r in cam2 gpu2 high; do
	check "region $r is drained" knob $r drain 1
done
is "$(lcma_info high state)" drained "and is gone"
check "unload" lcma_unload
free=$(meminfo CmaFree)

# Memory that the kernel does not map, each way; and HIGHMEM past the cache.
if [ -n "$is_arm" ]; then
	wc_high=";high=8M@of:high,cache=wc"
else
	wc_high=
fi
# The testkit's device and lcma's own do not see the caches.
unseen=95
testkit_load
check "no-map nodes become regions" \
	lcma_load "fpga=8M@of:fpga;raw=4M@of:fpga,cache=uncached;cached=4M@of:fpga,cache=wb;far=8M@of:far,heap=far$wc_high"
is "$(for r in fpga raw cached far; do lcma_info $r cache; done)" "wc
uncached
wb
wc" "mapped as cache= says, or write-combining"
is "$(for r in fpga raw; do lcma_info $r base; lcma_info $r zone; lcma_info $r shared_pages; done)" "0x74000000
none
0
0x74800000
none
0" "private, without a zone"
run_program lcma_frames fpga wc 0 0
run_program lcma_frames raw uncached 0 0
run_program lcma_frames cached wb 0 $unseen
run_program lcma_frames far wc 0 0
[ -z "$wc_high" ] || run_program lcma_frames high wc 1 0
insmod /test/kmod/lcma_apitest.ko
expect_write ok "4M region=raw" "the text device writes to it"
expect_write ENOSPC "1M region=raw" "and when it is full it says so"
lcma_free >/dev/null
check "it can be a heap" [ -c /dev/dma_heap/far ]
for r in raw fpga; do
	matches "$( (echo "try_pages $r" >/sys/kernel/debug/lcma_apitest/run) 2>&1)" "not supported" \
		"a driver that asks $r for pages gets EOPNOTSUPP"
done
matches "$(lcma_info raw last_failure)" "struct pages are wanted" "and the reason is told"
rmmod lcma_apitest
check "a no-map region is drained" knob far drain 1
# A drained one comes back as it was: the attribute, the place, what it serves.
for r in "fpga wc 0 0" "raw uncached 0 0" "cached wb 0 $unseen"${wc_high:+ "high wc 1 0"}; do
	set -- $r
	place=$(lcma_info $1 base)
	check "region $1 is drained" knob $1 drain 1
	is "$(cat $sys/$1/cache)" $2 "drained, it still says so"
	check "and brought back" eval "echo $1 >$sys/add"
	is "$(lcma_info $1 state) $(lcma_info $1 base)" "live $place" "where it was"
	run_program lcma_frames "$@"
done
# Another region in the drained one's node, mapped in another way.
check "a region out of a no-map node is added" eval "echo 'late=8M@of:far,cache=uncached' >$sys/add"
run_program lcma_frames late uncached 0 0
refuses_back far "wants 8192 KiB .*other regions have the rest"
check "it is drained" knob late drain 1
check "now the first one comes back" eval "echo far >$sys/add"
run_program lcma_frames far wc 0 0
check "unload" lcma_unload

# Again, and more than once: the same memory each time.
for n in 1 2 3; do
	lcma_load "cam=32M@of:cam;deep=16M@of:deep;gpu=16M@of:gpu;high=16M@of:high" || break
	place="$(lcma_info cam base) $(lcma_info high base)"
	[ $n = 1 ] && first=$place
	[ "$place" = "$first" ] || break
	expect_write ok "24M region=cam" "all but a fourth of the node is one buffer"
	lcma_unload || break
done
is "$n $place" "3 $first" "three loads get the same places"
# CmaFree is as before, for wait_for.
# shellcheck disable=SC2317	# it is called by name
is_free()
{
	[ $(($(meminfo CmaFree) - free)) -ge -256 ]
}
soon "CmaFree is as before" is_free

# Without regions=: what has a compatible of ours, with its properties.
dmesg -c >/dev/null
check "without regions= the module loads" lcma_load
said "lcma: without regions= as with regions=.*gpu=16384K@of:gpu,keep=all,policy=best-fit" "it says in which words"
is "$(for r in dynamic fpga gpu high; do lcma_info $r source; done)" \
	"of:dynamic
of:fpga
of:gpu
of:high@91000000" "nodes with a compatible of lcma's are regions"
set -- "$debug"/*/
is $# 4 "and no others"
is "$(lcma_info gpu keep) $(lcma_info gpu policy)" "all best-fit" "lcma,keep and lcma,policy are options"
page_size
is "$(lcma_info high keep) $(($(lcma_info high align_pages) * page_bytes))" \
	"0-$((1048576 / page_bytes)) 65536" "so are lcma,keep with two marks, and lcma,align"
check "lcma,heap makes a heap" [ -c /dev/dma_heap/linux,of ]
is "$(lcma_info dynamic nr_pages)" $((16777216 / page_bytes)) "all of a node is its region"
check "unload" lcma_unload
check "a region without a source is in the first node with room" lcma_load "any=8M;more=16M,keep=all"
matches "$(lcma_info any source) $(lcma_info more source)" '^of:[a-z@0-9]* of:[a-z@0-9]*$' "of those nodes"
check "unload" lcma_unload

# refused WANTED REGIONS PATTERN
refused()
{
	dmesg -c >/dev/null
	is "$(load "$2")" "$1" "'$2' is refused"
	said "$3" "for what it is"
	is_loaded lcma && lcma_unload
}
refused ENODEV "a=1M@of:nothing" "region a: no node below /reserved-memory has the label or the name nothing, and status okay; there are:.* gpu .* cam"
refused ENODEV "a=1M@of:off" "no node below /reserved-memory has the label or the name off"
refused ENODEV "a=1M@of:vast" "region a: the kernel could not reserve memory for node vast, see the boot log"
refused EINVAL "a=1M@of:twin" "2 nodes below /reserved-memory are called twin; give each a label of its own, or write the name with its address \\(of:twin@73[67]00000\\)"
refused EBUSY "a=512K@of:pool" "node pool@73800000 is shared-dma-pool without reusable"
refused EOPNOTSUPP "a=8M@of:fpga,keep=1M" "region a: no-map memory cannot be shared with the system, so keep= is all"
refused EOPNOTSUPP "a=8M@of:gpu,cache=wc" "region a: cache=wc is not possible in $zone, which the kernel has mapped cached already; use a no-map node"
refused EOPNOTSUPP "a=8M@of:high,cache=uncached" "region a: cache=uncached is not possible in"
refused EINVAL "a=8M@of:fpga,cache=fast" "\"fast\" is no cache"
refused ENOSPC "a=17M@of:gpu" "region a: wants 17408 KiB, node gpu@72000000 has 16384 KiB; make it larger"
refused ENOSPC "a=16M@of:gpu,keep=all;b=1M@of:gpu,keep=all" "region b: wants 1024 KiB .*, node gpu@72000000 at 0x0*72000000 has 0 KiB that are still reserved, unused, and 16384 KiB that regions have: other regions have the rest"
refused ENOSPC "a=32M@of:cam;b=8M@of:cam" "region b: wants 8192 KiB .*, node camera@70000000 has 32768 KiB at 0x0*70000000 and can give 0 KiB now .*: others hold it"
refused ENOSPC "a=4M@of:small,keep=all" "region a: wants 4096 KiB, node small@73400000 has 2048 KiB"
refused EINVAL "a=1M@of" "this source needs a name after a colon"
check "what was refused is there for the next load" \
	lcma_load "a=32M@of:cam;b=16M@of:gpu;t=1M@of:twin@73700000,keep=all"
is "$(lcma_info t base)" 0x73700000 "also one of the twins, by its address"
check "unload" lcma_unload
finish
