# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# caches_dirty - the caches job again, on a kernel that does not zero what it
# allocates, so that lcma does, and in HIGHMEM where there is any.
#
# mem: 1G
# cmdline: cma=64M@0x90000000 init_on_alloc=0
# cmdline@*-arm64: cma=64M init_on_alloc=0
# kernels: *-armhf *-arm64
# timeout: 120

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/caches.sh
. /test/lib/caches.sh

run_caches
finish
