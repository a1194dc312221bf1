# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# caches - what is called to keep caches in step, counted at the kernel's own
# functions: zeroes are cleaned before anybody can see the page, from a claim
# and from the pool; what a CPU wrote is never invalidated before it was cleaned,
# whatever devices have the buffer; a synchronisation is for exactly its range (in lines),
# and works with no device attached.
# Cannot be shown here: that a clean makes real caches clean (QEMU has none).
#
# mem: 512M
# cmdline: cma=96M
# kernels: *-armhf *-arm64
# wide: 6.12-arm64
# timeout: 120

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/caches.sh
. /test/lib/caches.sh

run_caches
finish
