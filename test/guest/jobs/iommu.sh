# SPDX-License-Identifier: GPL-2.0-only
#
# iommu - a device behind a real IOMMU (QEMU's SMMUv3): a rule names it, lcma refuses it
# and says why, and its driver works as before, with memory that the IOMMU translates
# for. A device beside it that nothing translates for is served. The other job about
# this, dma, only pretends that there is an IOMMU.
# Cannot be shown here: VT-d, AMD's, and a device whose domain is passed through.
#
# suite: trust
# kernels: 6.12-arm64 7-arm64
# wide: 6.12-arm64
# cmdline: cma=96M
# qemu: -machine iommu=smmuv3 -device virtio-rng-pci-non-transitional,iommu_platform=on
# modules: virtio-rng
# boot: always
# timeout: 120

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/dma.sh
. /test/lib/dma.sh

page_size
dma_source
modprobe virtio-rng || bail_out "virtio-rng does not load"

pci=/sys/bus/pci
driver=$pci/drivers/virtio-pci
device=$(grep -lx 0x1044 $pci/devices/*/device | cut -d/ -f6)
[ -n "$device" ] || bail_out "there is no virtio-rng on PCI"
check "an IOMMU translates for $device" test -e "$pci/devices/$device/iommu_group"
matches "$(cat "$pci/devices/$device/iommu_group/type")" "^DMA" "it does not pass it through"

# random_bytes: what the device wrote by DMA, in hexadecimal
random_bytes()
{
	dd if=/dev/hwrng bs=32 count=1 2>/dev/null | od -An -tx1 | tr -d ' \n'
}

# works DESCRIPTION: two reads, and each of them is new
works()
{
	works_first=$(random_bytes)
	works_then=$(random_bytes)
	is "${#works_first},${#works_then}" "64,64" "$1: its driver reads what it writes"
	[ "$works_first" != "$works_then" ] || fail "$1: it writes something new each time"
}

# refusals: how often the log says since log_mark that lcma does not serve it
refusals()
{
	log_since | grep -c "$device: lcma: rule .* does not serve it: an IOMMU translates for it"
}

works "without lcma"

log_mark
lcma_load_map "main=32M@$source" "pci/$device=main;dmatest.*=main" || bail_out "lcma does not load"
matches "$(device_line "$device")" "state=refused .*next bind" "its driver was there before"
is "$(refusals)" 0 "so whether it can be served is not said yet"
works "with lcma loaded"

log_mark
check "its driver is unbound" write_to $driver/unbind "$device"
check "and bound again, now that the rule counts" write_to $driver/bind "$device"
matches "$(device_line "$device")" \
	"bus=pci driver=virtio-pci by=map rule=pci/$device regions=main .*state=refused .*buffers=0 .*allocs=0 .*why=an IOMMU translates for it" \
	"it is refused, and the list says why"
is "$(refusals)" 1 "the log says so once"
works "refused"
is "$(refusals)" 1 "and not again when it is used"
is "$(lcma_info main allocs)" 0 "nothing of it came from the region"
matches "$(cmactl devices | grep "^$device")" \
	"^$device +virtio-pci +pci/$device +main +refused .*an IOMMU translates for it" \
	"cmactl devices says refused, and why"
matches "$(cmactl devices --json)" \
	"\"device\": ?\"$device\".*\"state\": ?\"refused\".*an IOMMU translates for it" "so does its JSON"
matches "$(cmactl doctor)" "IOMMU +there is one: devices behind it \\([1-9][0-9]* groups\\)" \
	"cmactl doctor tells of the IOMMU"

region_info main
end=$((base + nr_pages * page_bytes))
modprobe_dmatest || bail_out "dmatest"
check "a device beside it is behind none" test ! -e /sys/bus/platform/devices/dmatest.0/iommu_group
matches "$(device_line dmatest.0)" "regions=main .*state=bound" "so it is served"
dmatest keep
inside kept
dmatest let_go
settled main 0 "nothing is used"
check "that device's driver is unloaded" rmmod lcma_dmatest

check "a refused device does not keep lcma loaded" lcma_unload
works "after lcma"
check "unbound without lcma" write_to $driver/unbind "$device"
check "and bound" write_to $driver/bind "$device"
works "bound again"
finish
