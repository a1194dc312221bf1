# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2154	# of the scripts that are sourced
#
# tree - a device whose node has memory-region allocates from the region in that node,
# without any rule: a reusable node, a plain one and one that the kernel does not map; by
# index and by name, when its driver asks for it; devices without a bus; what a rule
# changes; what is refused; unbinding, unloading, and the driver that was there first.
# Cannot be shown: the device tree of a real board's firmware.
#
# mem: 1G
# cmdline: cma=16M
# cmdline@*-debug: cma=16M dma_debug=off
# overlay: test/guest/data/of.dtso
# kernels: *-armhf *-arm64
# wide: 6.12-arm64
# timeout: 120

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/dma.sh
. /test/lib/dma.sh

page_size
dma_source

# region_is NAME: inside and outside are about this region
region_is()
{
	region_info "$1"
	end=$((base + nr_pages * page_bytes))
}

# lies KIND REGION
lies()
{
	region_is "$2"
	inside "$1" yes "$1 is the memory of region $2"
}

# asks INDEX NAME DEVICE: binds it; its driver asks for this phandle
asks()
{
	echo "$1" >$parameters/reserved
	echo "$2" >$parameters/reserved_name
	bind "$3"
}

regions="deep=8M@of:deep;high=8M@of:high,keep=0;raw=8M@of:fpga"
load_tree()
{
	insmod /lcma.ko "regions=\"$regions\"" 2>/dev/null
}

# --- without lcma ------------------------------------------------------------------

check "the driver is there first" insmod /test/kmod/lcma_dmatest.ko
log_mark
load_tree || bail_out "lcma does not load"
matches "$(device_line eye-plain)" "by=tree rule=- regions=high .*state=refused .*next bind" \
	"a device whose driver was there first is told of"
matches "$(log_since)" "lcma: rule of the device tree: its driver was there before" "in the log, too"
check "the driver is unloaded" rmmod lcma_dmatest

# --- memory-region ------------------------------------------------------------------

modprobe_dmatest || bail_out "dmatest"
for pair in eye-area:deep eye-plain:high eye-raw:raw; do
	device=${pair%:*} region=${pair#*:}
	matches "$(device_line $device)" "by=tree rule=- regions=$region min=$((page_bytes + 1)) .*state=bound" \
		"$device has region $region"
	dmatest "on $device"
	dmatest keep
	lies kept $region
	matches "$(cat $debug/$region/buffers)" "label=$device" "and is the buffer's label"
	dmatest let_go
	settled $region 0 "$region is idle"
done
is "$(device_line eye-foreign)" "" "a node that no region lies in gives nothing"
is "$(device_line dmatest.0)" "" "nor does a device without a node"
matches "$(cmactl devices | grep '^eye-plain')" "^eye-plain +dmatest +device tree +high +bound" \
	"cmactl says that it is by the device tree"
matches "$(cmactl devices --json)" '"device": ?"eye-plain".*"by": ?"tree"' "in JSON, too"

dmatest "on eye-area"
dmatest all "area: "
for kind in $served; do
	lies $kind deep
done
region_is deep
for kind in small atomic child narrow $left; do
	outside $kind
done
settled deep 0 "nothing is used"

dmatest "on eye-raw"
dmatest keep "raw: "
matches "$( (echo table >/sys/kernel/debug/dmatest/run) 2>&1)" "not supported" "no-map memory has no table"
dmatest let_go

# --- a driver that asks for it -------------------------------------------------------

unbind eye-plain
for ask in "0 - high" "1 - deep" "2 - raw" "-1 planes deep" "-1 frames high" "-1 raw raw"; do
	# shellcheck disable=SC2086	# words
	set -- $ask
	[ "$2" = - ] && set -- "$1" "" "$3"
	asks "$1" "$2" eye-plain
	dmatest "on eye-plain"
	dmatest keep "asked for $1$2: "
	lies kept "$3"
	dmatest let_go
	unbind eye-plain
done
asks 7 "" eye-plain
[ -e /sys/bus/platform/devices/eye-plain/driver ] && fail "there is no phandle 7"
unbind eye-foreign
asks 0 "" eye-foreign
[ -e /sys/bus/platform/devices/eye-foreign/driver ] && fail "a node without a region has no answer"
is "$(device_line eye-foreign)" "" "and nothing is listed"
asks -1 "" eye-plain
dmatest "on eye-plain"
dmatest banks
for pair in bank0:high bank1:deep bank2:raw; do
	lies ${pair%:*} ${pair#*:}
done
is "$(grep -c ^device=dmatest-bank /sys/kernel/debug/lcma_devices)" 0 "their devices are forgotten"
for region in deep high raw; do
	settled $region 0 "$region is idle"
done

# --- lifetimes, rules ----------------------------------------------------------------

dmatest keep
if lcma_unload; then
	bail_out "lcma was unloaded under a bound device"
fi
unbind eye-plain
lies kept high
bind eye-plain
matches "$(device_line eye-plain)" "by=tree .*regions=high .*state=bound .*buffers=1" "it is bound again"
dmatest let_go
check "a rule comes before the device tree" write_to $sys/map "eye-plain=deep;eye-raw=kernel"
unbind eye-plain
asks 2 "" eye-plain
dmatest keep "by a rule: "
lies kept deep
matches "$(device_line eye-plain)" "by=map rule=eye-plain regions=deep" "also where its driver asks for another"
dmatest let_go
unbind eye-raw
log_mark
asks 0 "" eye-raw
is "$(device_line eye-raw)" "" "kernel leaves it alone"
matches "$(log_since)" "eye-raw: lcma: a rule of map= leaves it to the kernel" "and the log says so when its driver asks"
unbind eye-raw
write_to $sys/map ""

# --- a region that comes later, or goes ----------------------------------------------

check "a region is added in a node" write_to $sys/add "late=1M@of:small,keep=all"
asks 0 "" eye-foreign
matches "$(device_line eye-foreign)" "regions=late .*state=bound" "its device has it from the next bind on"
unbind eye-foreign
check "another one is added there" write_to $sys/add "later=512K@of:small,keep=all"
bind eye-foreign
matches "$(device_line eye-foreign)" "regions=late,later .*state=bound" "and both are the device's"
echo -1 >$parameters/reserved
unbind eye-foreign
unbind eye-plain
bind eye-plain
check "a region is drained" write_to $sys/high/drain 1
dmatest "on eye-plain"
dmatest keep "drained: "
region_is high
outside kept
dmatest let_go
matches "$(device_line eye-plain)" "left_failed=1" "and the memory is the kernel's"
for device in eye-area eye-plain eye-raw; do
	unbind $device
done
check "lcma is unloaded" lcma_unload
asks 0 "" eye-plain
[ -e /sys/bus/platform/devices/eye-plain/driver ] && fail "without lcma a plain node has no answer"
check "it is loaded again" load_tree
bind eye-plain
[ -e /sys/bus/platform/devices/eye-plain/driver ] || fail "with lcma it has"
check "the driver is unloaded" rmmod lcma_dmatest
check "lcma is unloaded" lcma_unload
finish
