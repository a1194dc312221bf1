# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bounce - caches: every dma_sync_*() that is due is made. QEMU has no caches, but
# with swiotlb=force a device has memory of its own instead, of up to 256 KiB a
# buffer, and what is not synchronised shows as old data. What cannot be bounced is
# refused, and nothing is lost.
# Cannot be shown here: that what a synchronisation does is enough for real caches;
# and that mapping a buffer synchronises it, because swiotlb copies then in any case.
#
# suite: trust
# kernels: *-arm64 *-amd64
# wide: 6.12-arm64 6.12-amd64
# cmdline: cma=64M swiotlb=force
# cmdline@6.12-amd64: reserve_mem=32M:4M:lcma swiotlb=force
# timeout: 60

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/suite.sh
. /test/lib/suite.sh

# By whatever source this kernel has.
source=cma
can_cma || source=reserve_mem:lcma
lcma_load "private=8M@$source,keep=all;second=16M@$source" ||
	bail_out "lcma does not load"
insmod /test/kmod/lcma_apitest.ko || bail_out "the client does not load"
suite bounce private
suite bounce second
check "the client is unloaded" rmmod lcma_apitest
check "lcma is unloaded" lcma_unload
finish
