# SPDX-License-Identifier: GPL-2.0-only
#
# A driver that knows nothing of lcma (test/kmod/dmatest) gets its memory from a region
# because a rule names its device: every entry of the DMA API, with and without lcma;
# buffers that outlive unbinding; binding again; probe that fails; a child that copies the
# operations; freeing against unbinding; the order of unloading; rules that are
# changed, or malformed; every failure point of this.
# Cannot be shown here: a cache that was not synchronised (QEMU has none); that the DMA
# API's own debugging is content: it counts what is left to the kernel twice.
#
# mem: 1G
# cmdline: cma=96M@0x90000000
# cmdline@*-debug: cma=96M@0x90000000 dma_debug=off
# cmdline@*-arm64: cma=96M swiotlb=force
# cmdline@*-amd64: cma=96M reserve_mem=64M:4M:lcma
# kernels@6.12-amd64: *
# wide: 6.12-arm64 6.12-amd64
# timeout: 120

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/dma.sh
. /test/lib/dma.sh

page_size
dma_source
frame_pages=$((262144 / page_bytes))

# --- rules ----------------------------------------------------------------------

refused()
{
	log_mark
	if insmod /lcma.ko "regions=\"main=32M@$source\"" "map=\"$1\"" 2>/dev/null; then
		rmmod lcma
		fail "map=$1 is refused"
	else
		matches "$(log_since)" "$2" "map=$1 is refused: $2"
	fi
}

refused "dmatest.0=mian" "map=: rule dmatest.0: there is no region mian"
refused "dmatest.0" "map=: the names need = .*, at character 10, here"
refused "dmatest.0=main:mni=4K" "\"mni=4K\" is no option of a rule .*min=, timeout="

lcma_load_map "main=32M@$source;other=16M@$source" "dmatest*=main,other;*=kernel" ||
	bail_out "lcma does not load"
is "$(cat $sys/map)" "dmatest*=main,other;*=kernel" "the rules are shown"
check "rules can be changed" write_to $sys/map "none=other;dmatest.?=main"
log_mark
if write_to $sys/map "dmatest.?=main,nowhere"; then
	fail "a region that is not there is refused"
else
	pass "a region that is not there is refused"
fi
matches "$(log_since)" "there is no region nowhere" "and the log names it"
is "$(cat $sys/map)" "none=other;dmatest.?=main" "and the rules are as before"

# --- every entry ----------------------------------------------------------------

region_info main
end=$((base + nr_pages * page_bytes))
modprobe_dmatest || bail_out "dmatest"
matches "$(device_line dmatest.0)" "driver=dmatest by=map rule=dmatest\\.\\? regions=main .*state=bound" \
	"the device is listed with its rule"
dmatest all
for kind in $served pool managed_pool managed; do
	inside $kind
done
for kind in small child narrow $left; do
	outside $kind
done
settled main 0 "nothing is used"
allocs=$(lcma_info main allocs)
compare "$allocs" -ge 4 "lcma served $allocs requests"
diag "$(device_line dmatest.0)"
if lcma_unload; then
	bail_out "lcma was unloaded under a bound device"
else
	pass "lcma stays loaded while a device is bound"
fi
matches "$(cat /sys/kernel/debug/lcma_holders)" "device=dmatest.0 driver=dmatest" \
	"and is said to be held by it"

matches "$(cmactl devices | tail -n 1)" "^dmatest\\.0 +dmatest +dmatest\\.\\? +main +bound .*smaller than min=" \
	"cmactl lists the device"
matches "$(cmactl devices --json)" '"device": ?"dmatest.0".*"state": ?"bound".*"left_small": ?[1-9]' \
	"and in JSON, with what was left to the kernel"

# --- lifetimes ------------------------------------------------------------------

dmatest keep
is "$(map_kept $frame_pages)" mapped "a program can map it, as the kernel's own memory would be"
is "$(map_kept $((frame_pages + 1)))" "No such device or address" "but not beyond its end"
matches "$(cat $debug/main/buffers)" "bytes=262144 .*pins=1 .*label=dmatest.0" \
	"a buffer is listed with its device's name"
unbind dmatest.0
is "$(lcma_info main used_pages)" $frame_pages "it outlives the driver"
matches "$(device_line dmatest.0)" "state=unbound .*buffers=1" "and the device keeps its operations"
if lcma_unload; then
	bail_out "lcma was unloaded under a buffer"
else
	pass "lcma stays loaded while a buffer is there"
fi
check "rules are changed meanwhile" write_to $sys/map "*=other"
bind dmatest.0
matches "$(device_line dmatest.0)" "regions=other .*state=bound .*buffers=1" \
	"the new rule counts when it is bound again"
dmatest let_go
settled main 0 "the old buffer went back to its region"
unbind dmatest.0

check "back to the first rule" write_to $sys/map "dmatest=main"
echo 1 >$parameters/managed
echo 1 >$parameters/fail
bind dmatest.0 && fail "probe fails"
settled main 0 "managed memory of a probe that fails is freed"
echo 0 >$parameters/fail
bind dmatest.0
is "$(lcma_info main used_pages)" $frame_pages "managed memory is lcma's"
unbind dmatest.0
settled main 0 "and is freed when the driver goes"
echo 0 >$parameters/managed

check "the region is drained" write_to $sys/main/drain 1
check "a rule may name it then" write_to $sys/map "dmatest=main"
bind dmatest.0
dmatest keep "drained: "
matches "$(device_line dmatest.0)" "state=bound .*buffers=0 .*left_failed=1" "the kernel serves the device"
dmatest let_go "drained: "
check "the region is brought back" write_to $sys/add main
region_info main
end=$((base + nr_pages * page_bytes))
dmatest keep "back: "
inside kept
dmatest let_go "back: "
unbind dmatest.0

check "*=kernel leaves all alone" write_to $sys/map "*=kernel"
bind dmatest.0
is "$(device_line dmatest.0)" "" "so the device is not listed"
dmatest keep
outside kept
dmatest let_go
write_to $sys/map "dmatest=main"
matches "$(device_line dmatest.0)" "state=refused .*next bind" \
	"a rule that comes after the driver counts from the next bind on"
unbind dmatest.0

# --- failure points -------------------------------------------------------------

faults=/sys/kernel/debug/lcma_faults

# falls_back POINT: the driver gets the kernel's memory, and nothing of ours is lost
falls_back()
{
	echo "$1" >$faults
	dmatest keep "$1: "
	echo off >$faults
	outside kept
	settled main 0 "$1: and nothing is used"
	dmatest let_go "$1: "
}

if [ -e $faults ]; then
	echo DMA_RULES >$faults
	write_to $sys/map "dmatest=other" && fail "rules change without memory"
	echo DMA_CLIENT >$faults
	bind dmatest.0
	echo off >$faults
	is "$(cat $sys/map)" "dmatest=main" "without memory the rules stay"
	dmatest keep "no client: "
	outside kept
	dmatest let_go "no client: "
	unbind dmatest.0
	bind dmatest.0
	falls_back DMA_PIECE
	if [ "$(uname -m)" != x86_64 ]; then
		falls_back MAPPING_LIST
		falls_back MAPPING_VMAP
	fi
	dmatest keep
	inside kept
	echo DMA_TABLE >$faults
	write_to /sys/kernel/debug/dmatest/run table && fail "a table without memory"
	echo off >$faults
	check "the table is there without the fault" \
		write_to /sys/kernel/debug/dmatest/run table
	dmatest let_go
	settled main 0 "nothing is used"
	unbind dmatest.0
fi

bind dmatest.0
dmatest "storm 25"
settled main 0 "nothing is left of the storm"
frees=$(lcma_info main frees)
is "$frees" "$(lcma_info main allocs)" "as many buffers came back as were handed out: $frees"

check "the driver is unloaded" rmmod lcma_dmatest
is "$(device_line dmatest.0)" "" "its device is forgotten"
check "lcma is unloaded" lcma_unload

# The driver is there first, lcma comes and goes.
modprobe_dmatest || bail_out "dmatest"
log_mark
lcma_load_map "main=32M@$source" "dmatest=main" || bail_out "lcma does not load"
matches "$(log_since)" "dmatest.0: lcma: rule dmatest: its driver was there before" \
	"the log tells that a driver was there first"
unbind dmatest.0
bind dmatest.0
dmatest keep
unbind dmatest.0
dmatest let_go
settled main 0 "nothing is used"
check "lcma is unloaded while the device has no driver" lcma_unload
bind dmatest.0
dmatest keep "after lcma: "
rmmod lcma_dmatest

# --- groups ---------------------------------------------------------------------

# marks WANTED DESCRIPTION: of region main, in pages; a region that keeps all has no others
marks()
{
	is_shareable || set -- all "$2"
	is "$(lcma_info main keep)" "$1" "$2"
}

is_shareable()
{
	can_cma || [ "$(uname -m)" != x86_64 ]
}

group_of()
{
	device_line "$1" | sed 's/.* group=//; s/ .*//'
}

lcma_load_map "main=32M@$source;other=16M@$source" \
	"dmatest.0=main:keep=1M;dmatest.1=main:keep=512K" || bail_out "lcma does not load"
before=$(is_shareable && echo 0-0 || echo all)
marks "$before" "without devices a region keeps what it is told to"
check "two devices are there" insmod /test/kmod/lcma_dmatest.ko second=1
mib=$((1048576 / page_bytes))
matches "$(device_line dmatest.0)" "group=[1-9][0-9]* reached=1 keep=1048576 state=bound" "a device is in a group"
is "$(group_of dmatest.1)" "$(group_of dmatest.0)" "a device that reaches the same memory is in the same group"
marks $mib-$mib "the group keeps what the device with the most needs, once"
soon=0
while is_shareable && [ "$(lcma_info main pool_pages)" -lt $mib ] && [ $((soon += 1)) -lt 250 ]; do
	usleep 20000
done
compare "$(lcma_info main pool_pages)" -ge $mib "and the upkeep has filled it"
if is_shareable; then
	check "other marks are set meanwhile" write_to $sys/main/keep_high 16
	marks $mib-$mib "and what the group needs stays"
fi
unbind dmatest.0
is_shareable && marks $((mib / 2))-$((mib / 2)) "with that device its share goes"
unbind dmatest.1
is_shareable && marks 0-16 "with the last device the group, and its pool, go"
echo 29 >$parameters/mask
log_mark
bind dmatest.1
matches "$(device_line dmatest.1)" "group=[1-9][0-9]* reached=0 keep=0 state=bound" "a device that reaches no region is told of"
matches "$(log_since)" "dmatest.1: lcma: it reaches none of its 1 regions: its mask for coherent memory is 0x1fffffff" \
	"with its mask, in the log"
matches "$(cmactl devices | grep '^dmatest.1')" "it reaches none of its regions" "and by cmactl"
echo 32 >$parameters/mask
bind dmatest.0
compare "$(group_of dmatest.0)" -ne "$(group_of dmatest.1)" "one that reaches more is in another group"
unbind dmatest.1
unbind dmatest.0
if [ -e $faults ]; then
	echo GROUP_NEW >$faults
	bind dmatest.0
	is "$(group_of dmatest.0)" 0 "without memory for a group a device is in none"
	dmatest keep "no group: "
	echo off >$faults
	region_info main
	end=$((base + nr_pages * page_bytes))
	inside kept
	dmatest let_go
	dmatest keep "a group: "
	compare "$(group_of dmatest.0)" -ge 1 "the next allocation puts it into one"
	dmatest let_go
	unbind dmatest.0
fi

# --- what is not served -----------------------------------------------------------

dmatest ops
log_mark
bind dmatest.0
matches "$(device_line dmatest.0)" "state=refused .*why=it has DMA operations of its own" \
	"a device with operations of its own is refused"
matches "$(log_since)" "rule dmatest.0 does not serve it: it has DMA operations of its own" "and the log says so"
unbind dmatest.0
dmatest no_ops
# Later kernels do not bind a driver to a device in a group without a domain.
case $(uname -r) in
6.1.*)
	dmatest iommu
	bind dmatest.0
	matches "$(device_line dmatest.0)" "state=refused .*why=an IOMMU translates for it" \
		"a device behind an IOMMU is refused"
	unbind dmatest.0
	dmatest no_iommu
	;;
esac
bind dmatest.0
matches "$(device_line dmatest.0)" "state=bound" "without that it is served"
rmmod lcma_dmatest
settled main 0 "nothing is used"
check "lcma is unloaded at last" lcma_unload
finish
