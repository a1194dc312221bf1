# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# noarea - cma= asks for more than the board has in one piece, so the kernel makes no
# area at all: lcma says so, with the cma= that it found in the device tree, and never
# asks for a larger one.
#
# cmdline: cma=176M
# cmdline@*-debug: cma=400M
# mem: 256M
# kernels: *-armhf

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

is "$(meminfo CmaTotal)" 0 "the kernel has made no area"
# A debug kernel's guest is larger.
asked=$(sed 's/.* cma=\([0-9]*M\).*/\1/' /proc/cmdline)
why="the kernel has no CMA area although cma=$asked was asked for: it could not reserve it, see the boot log; use a smaller one$"

dmesg -c >/dev/null
is "$(load)" ENODEV "plain load: ENODEV"
log=$(dmesg -c)
matches "$log" "lcma:   cma: $why" "it says that the kernel could not reserve the area"
check "and asks for no larger one" eval '! echo "$log" | grep "put cma="'
is "$(load "cam=32M@cma")" ENOSPC "a region of it: ENOSPC"
log=$(dmesg -c)
matches "$log" "lcma: region cam: $why" "for the same reason"
check "and asks for no larger one" eval '! echo "$log" | grep "put cma="'

finish
