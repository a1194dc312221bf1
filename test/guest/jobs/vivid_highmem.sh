# SPDX-License-Identifier: GPL-2.0-only
#
# vivid.sh again, with a region that is not in the kernel's linear mapping: then
# the driver, which draws with the CPU, needs a mapping from us. And the
# region is private.
# Cannot be shown here: a cache that was not synchronised (QEMU has none).
# (The driver does not say how long a piece it takes, so that DMA API debugging
# would complain: there it is off.)
#
# mem: 1G
# kernels: *-armhf
# cmdline: cma=96M@0x90000000
# cmdline@6.12-debug: cma=96M@0x90000000 dma_debug=off
# modules: vivid
# programs: v4l2-ctl
# timeout: 120
# pages: poison
# smp@*-debug: 1

. /test/lib/tap.sh
. /test/lib/vivid.sh

vivid_with_lcma ",keep=all"
matches "$vivid_zone" HighMem "the region was in HIGHMEM"
finish
