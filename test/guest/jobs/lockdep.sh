# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# lockdep - the kernel's judge of locks sees ours. Of a lock that is only ever tried it
# learns no order, so it would have nothing to say of region->lock (lcma_region_lock()).
# That it says nothing bad is what every other job proves.
#
# suite: trust
# kernels: *-debug

. /test/lib/tap.sh

# outside LOCK: behind how many others it has been taken, itself included
outside()
{
	grep -F ": $1" /proc/lockdep | sed -n 's/.* BD: *\([0-9]*\).*/\1/p' |
		sort -n | tail -n 1
}

check "load" lcma_load "r=16M@cma"
expect_write ok "1M region=r" "a buffer"
check "is freed" lcma_free
check "a drain" eval "echo 1 >$sys/r/drain"
diag "$(grep -F 'region->' /proc/lockdep)"
compare "$(outside '&region->drain_lock')" -ge 1 "lockdep knows the lock of drains"
compare "$(outside '&region->lock')" -ge 2 "and what was held when a region's lock was taken"
check "unload" lcma_unload
finish
