# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# dmabuf - a buffer's descriptor and its mappings: every page is the right one,
# whole or in part, however it is entered, moved, cut and shared; it is zero
# whichever process had it before; and a request for its pages is refused with EFAULT. The
# region is HIGHMEM, and the kernel does not zero what it allocates: lcma has to.
# Not here: what a device sees (the vivid job) and the kernel's own mapping
# (test/kmod); QEMU has no caches, so a missing synchronisation does not show.
#
# mem: 1G
# cmdline: cma=64M@0x90000000 init_on_alloc=0
# cmdline@*-arm64|*-amd64: cma=64M init_on_alloc=0
# modules: brd
# pages: poison
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

modprobe brd rd_nr=1 rd_size=4096 2>/dev/null
run_program lcma_dmabuf
run_program lcma_reach
finish
