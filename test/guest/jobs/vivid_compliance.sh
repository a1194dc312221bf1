# SPDX-License-Identifier: GPL-2.0-only
#
# v4l2-compliance says of the kernel's V4L2 test driver, vivid, the same with its buffers in a
# region by a rule as without lcma, test by test, with its streaming tests.
# Cannot be shown here: that it passes them all; an older v4l2-compliance on a newer kernel may
# find faults, with and without lcma.
#
# suite: trust
# mem: 1G
# cmdline: cma=96M@0x90000000
# cmdline@*-arm64: cma=96M swiotlb=force
# cmdline@*-amd64: cma=96M reserve_mem=64M:4M:lcma
# kernels@6.12-amd64: *
# modules: vivid
# programs: v4l2-compliance
# timeout: 240

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/vivid.sh
. /test/lib/vivid.sh
# shellcheck source=test/guest/lib/dma.sh
. /test/lib/dma.sh

# comply FILE: what it says of each test, and of all
comply()
{
	v4l2-compliance -d /dev/video0 -s5 >/tmp/said 2>&1
	# Before a test of streaming the numbers of its frames stand in the same line.
	sed -n 's/^.*[[:space:]]\(test .*: [A-Z].*\)/\1/p; /^Total /p' /tmp/said >"$1"
}

command -v v4l2-compliance >/dev/null || skip_all "v4l-utils could not be fetched"
# shellcheck disable=SC2086,SC2154	# a list of words
modprobe vivid $vivid_parameters || bail_out "vivid does not load"
while [ ! -e /dev/video0 ]; do usleep 20000; done
comply /tmp/without
matches "$(tail -n 1 /tmp/without)" "^Total .*: [1-9][0-9]*, Succeeded: [1-9]" \
	"without lcma: $(tail -n 1 /tmp/without)"
streaming=$(grep -c "^test MMAP .*: OK" /tmp/without)
compare "$streaming" -gt 0 "$streaming tests of streaming by mmap() pass"

dma_source
lcma_load_map "main=32M@$source" "vivid*=main:min=4K" || bail_out "lcma does not load"
write_to /sys/bus/platform/drivers/vivid/unbind vivid.0
write_to /sys/bus/platform/drivers/vivid/bind vivid.0
while [ ! -e /dev/video0 ]; do usleep 20000; done
comply /tmp/with
is "$(cat /tmp/with)" "$(cat /tmp/without)" "with its buffers in a region it says the same"
allocs=$(lcma_info main allocs)
compare "$allocs" -gt 10 "of which there were $allocs"
is "$(field "$(device_line vivid.0)" left_failed)" 0 "none was left to the kernel for lack of memory"
settled main 0 "all of them are freed"
check "vivid is unloaded" rmmod vivid
check "lcma is unloaded" lcma_unload
finish
