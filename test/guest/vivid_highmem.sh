# SPDX-License-Identifier: GPL-2.0-only
#
# vivid.sh again, with a region that is not in the kernel's linear mapping: then
# the driver, which draws with the CPU, needs a mapping from us. And the
# region is private.
# Cannot be shown here: a cache that was not synchronised (QEMU has none).
#
# mem: 1G
# kernels: *-armhf
# cmdline: cma=96M@0x90000000
# modules: vivid
# programs: v4l2-ctl
# timeout: 120

. /test/tap.sh
. /test/vivid.inc.sh

vivid_with_lcma ",keep=all"
matches "$vivid_zone" HighMem "the region was in HIGHMEM"
finish
