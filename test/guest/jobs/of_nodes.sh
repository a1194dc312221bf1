# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# of_nodes - what nodes of a device tree are called, their properties, and places in them:
# names that regions= or sysfs has no room for, options that are wrong, at= and below= in a
# node of each kind, a node that says no-map and is mapped, what is forgotten of one that is
# brought back. testkit changes the properties,
# so that one boot shows all of it. The kinds of nodes: of.
#
# suite: trust
# mem: 1G
# cmdline: cma=16M
# overlay: test/guest/data/of.dtso
# kernels: *-armhf *-arm64

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

# said PATTERN DESCRIPTION: in the log since the last time
said()
{
	matches "$(dmesg -c)" "$@"
}

[ -d /proc/device-tree/reserved-memory/gpu@72000000 ] || bail_out "the guest has another device tree"
testkit_load
page_size

# Of a region that is brought back nothing is known, not even which pages were zero. (These
# are never freed, so the kernel clears none.)
# shellcheck disable=SC2317	# it is called by name
is_zeroed()
{
	[ "$(cat $sys/gpu/pool_zero_pages)" = "$(cat $sys/gpu/nr_pages)" ]
}
check "a private region of a plain node" lcma_load "main=1M@of:small,keep=all;gpu=4M@of:gpu,keep=all"
soon "all of it is zero" is_zeroed
place=$(cat $sys/gpu/base)
check "it is drained" knob gpu drain 1
check "others write to the memory" \
	eval "echo $((place / page_bytes)) $((4194304 / page_bytes)) 0x66666666 >/sys/kernel/debug/lcma_testkit/scribble"
check "it is brought back" eval "echo gpu >$sys/add"
is "$(cat $sys/gpu/base)" "$place" "where it was"
expect_write ok "4M region=gpu nowait" "it serves all of it at once"
echo "$((place / page_bytes)) $((4194304 / page_bytes))" >/sys/kernel/debug/lcma_testkit/scribble
is "$(cat /sys/kernel/debug/lcma_testkit/scribble)" 0 "and no page of it has what the others wrote"
lcma_free_all
check "unload" lcma_unload

# The properties of a node decide what its region is called, and what it is like.
gpu=/reserved-memory/gpu@72000000
# property WHAT: of that node
property()
{
	echo "$gpu $1" >/sys/kernel/debug/lcma_testkit/node || bail_out "property $1"
}
# refused_node LABEL PATTERN: without regions=, for what it is called
refused_node()
{
	property "label=$1"
	dmesg -c >/dev/null
	is "$(load "")" EINVAL "a node that is called $1 is refused"
	said "$2" "for what it is"
	is_loaded lcma && lcma_unload
}
# named LABEL NAME SOURCE: a region of that name comes of a node of this label
named()
{
	property "label=$1"
	check "a node that is called $1 is a region" lcma_load
	is "$(lcma_info "$2" source)" "of:$3" "by the name of $2"
	lcma_unload
}
# What stands beside the regions' directories in sysfs; whatever that is.
check "a region for a moment" lcma_load "a=1M@of:small,keep=all"
files=
for f in "$sys"/*; do [ -d "$f" ] || files="$files ${f##*/}"; done
matches "$files" "add.* map" "there are files beside the regions"
for f in $files; do
	if echo "$f=8M@of:gpu" 2>/dev/null >$sys/add; then
		fail "a region named $f is refused when it is added"
	else
		matches "$(cat $sys/add)" "NAME cannot be .*$f" "a region named $f is refused when it is added"
	fi
done
lcma_unload
for f in $files; do
	refused_node "$f" "lcma: device tree, regions=: NAME cannot be .*, which are files beside the regions'.*$f=16384K@of:$f"
	check "with a name of its own it is a region" lcma_load "g=16M@of:$f,keep=all"
	lcma_unload
done
refused_node "-gpu" "NAME needs 1 to 31 of .*-gpu=16384K@of:-gpu"
refused_node "fpga" "two regions of one name"
named "my_cam.0-a" "my_cam.0-a" "my_cam.0-a"
named "front cam" "front-cam" "gpu@72000000"
named "a/b+c:d" "a-b-c-d" "a/b+c:d"
named "x,keep=0;y" "x-keep-0-y" "gpu@72000000"
named "a-label-that-is-much-longer-than-names" "a-label-that-is-much-longer-tha" "a-label-that-is-much-longer-than-names"
# An option that is wrong is refused in the words of regions=.
property label=gpu
for p in "keep=2G-1G|keep=LOW-HIGH needs LOW no larger than HIGH" "policy=worst|\"worst\" is no policy" \
	"cache=fast|\"fast\" is no cache" "heap=a/b|heap= needs" "order#31|order= needs a number" \
	"align#3|align= needs a power of two" "cache=wc|cache=wc is not possible in"; do
	property "lcma,${p%%|*}"
	dmesg -c >/dev/null
	matches "$(load "")" "EINVAL|EOPNOTSUPP" "lcma,${p%%|*} is refused"
	said "${p#*|}" "for what it is"
	is_loaded lcma && lcma_unload
	option=${p%%[=#]*}
	property "lcma,$option"
done
property lcma,keep=all
property lcma,policy=best-fit
check "as it was, it is a region" lcma_load
is "$(lcma_info gpu keep) $(lcma_info gpu policy)" "all best-fit" "with its options"
lcma_unload

# refused WANTED REGIONS PATTERN
refused()
{
	dmesg -c >/dev/null
	is "$(load "$2")" "$1" "'$2' is refused"
	said "$3" "for what it is"
	is_loaded lcma && lcma_unload
}
# at= and below=, in a node of each kind; each has a place that it does not have.
for r in cam=camera@70000000 gpu=gpu@72000000,keep=all fpga=fpga@74000000; do
	node=${r#*=}
	refused ENOSPC "a=8M@of:$node,at=0x60000000" "region a: wants 8192 KiB in one piece at 0x60000000, node ${node%%,*} "
	refused ENOSPC "a=8M@of:$node,below=0x70000000" "region a: wants 8192 KiB in one piece below 0x70000000, node ${node%%,*} "
done
refused ENOSPC "a=16M@of:fpga,at=0x74400000" "region a: wants 16384 KiB in one piece at 0x74400000, node fpga@74000000 "
check "a place in a node of each kind" \
	lcma_load "a=8M@of:cam,at=0x71000000;b=8M@of:gpu,keep=all,at=0x72800000;c=4M@of:fpga,at=0x74400000;d=4M@of:fpga,below=0x74400000"
is "$(for r in a b c d; do lcma_info $r base; done | tr '\n' ' ')" "0x71000000 0x72800000 0x74400000 0x74000000 " \
	"each is where it was to be"
check "unload" lcma_unload
# A node that says so and is mapped nevertheless, as one that a driver has refused is.
property no-map=
refused EBUSY "a=8M@of:gpu" "region a: node gpu@72000000 says no-map, but the kernel has mapped it"
property no-map
finish
