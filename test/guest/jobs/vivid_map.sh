# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's V4L2 test driver, vivid, as Debian built it, allocates out of a region
# because a rule names it: 30 buffers of 720p, where the kernel's own area has no place
# for them; mmap() and dma-bufs (EXPBUF) of its buffers show its frames; it is unbound
# while it captures, bound again, unloaded. v4l2-ctl captures, too.
# Cannot be shown here: a cache that was not synchronised (QEMU has none).
#
# mem: 1G
# cmdline: cma=96M@0x90000000
# cmdline@*-arm64: cma=96M swiotlb=force
# cmdline@*-amd64: cma=96M reserve_mem=64M:4M:lcma
# kernels@6.12-amd64: *
# wide: 6.12-arm64 6.12-amd64
# modules: vivid
# programs: v4l2-ctl
# timeout: 120

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/vivid.sh
. /test/lib/vivid.sh
# shellcheck source=test/guest/lib/dma.sh
. /test/lib/dma.sh

dma_source
lcma_load_map "main=64M@$source" "none=main" || bail_out "lcma does not load"
# shellcheck disable=SC2086,SC2154	# a list of words
modprobe vivid $vivid_parameters || bail_out "vivid does not load"
# Elsewhere a frame is small enough for the buddy allocator, where the area ends.
if [ "$(uname -m)" = armv7l ]; then
	count=$(vivid_mmap count 30)
	compare "$count" -lt 30 "the kernel's own area has place for $count buffers of 720p"
fi
is "$(lcma_info main allocs)" 0 "none of them is lcma's"

write_to $sys/map "vivid*=main"
write_to /sys/bus/platform/drivers/vivid/unbind vivid.0
write_to /sys/bus/platform/drivers/vivid/bind vivid.0
is "$(vivid_mmap count 30)" 30 "a region has place for 30"
is "$(lcma_info main allocs)" 30 "all of them are lcma's"
settled main 0 "they are freed when the file is closed"
diag "$(device_line vivid.0)"

run_program vivid_mmap session main

if command -v v4l2-ctl >/dev/null; then
	allocs=$(lcma_info main allocs)
	check "v4l2-ctl captures 5 frames" \
		v4l2-ctl -d /dev/video0 --stream-mmap --stream-count=5 \
		--set-fmt-video=width=640,height=360,pixelformat=YUYV --stream-to=/tmp/frames
	is "$(stat -c %s /tmp/frames)" $((5 * 640 * 360 * 2)) "5 whole ones"
	compare "$(lcma_info main allocs)" -gt "$allocs" "into lcma's memory"
else
	skip "v4l2-ctl captures" "v4l-utils could not be fetched"
fi
check "vivid is unloaded" rmmod vivid
settled main 0 "nothing of the region is used"
is "$(lcma_info main frees)" "$(lcma_info main allocs)" \
	"as many buffers came back as were handed out"
is "$(device_line vivid.0)" "" "the device is forgotten"
check "lcma is unloaded" lcma_unload
finish
