# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# heap - a region with heap=NAME is /dev/dma_heap/NAME and speaks what the
# kernel's own heaps speak; names, flags, errors, quotas, and how it unloads.
# The kernel does not zero what it allocates here: lcma has to.
# Not here: a kernel that has heaps of its own beside ours (none of these two).
#
# cmdline: cma=96M init_on_alloc=0
# pages: poison
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_heap
finish
