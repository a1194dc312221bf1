# SPDX-License-Identifier: GPL-2.0-only
#
# A client that is not ours: the kernel's V4L2 test driver, vivid, as
# Debian built it, on vb2-dma-contig, captures into our dma-bufs. Frames are
# right byte by byte; buffers that do not fit are refused; whoever closes or
# dies first, everything comes back, and lcma stays loaded meanwhile.
# Cannot be shown here: a cache that was not synchronised (QEMU has none).
# (The driver does not say how long a piece it takes, so that DMA API debugging
# would complain: there it is off.)
#
# mem: 512M
# cmdline: cma=96M
# cmdline@6.12-debug: cma=96M dma_debug=off
# modules: vivid
# programs: v4l2-ctl
# timeout: 120
# pages: poison
# smp@*-debug: 1

. /test/lib/tap.sh
. /test/lib/vivid.sh

vivid_with_lcma ""
finish
