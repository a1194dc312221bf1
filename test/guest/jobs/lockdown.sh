# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# lockdown - failure points take no orders from root where the kernel is locked
# down: not through the module parameter, at any time after loading, and not
# through debugfs. What programs do goes on.
# Not here: a load with fault= under lockdown. These kernels then want a signed
# module, so that this load fails before the parameter is looked at.
#
# suite@6.12-armhf: trust
# cmdline: cma=96M
# cmdline@7-16k-arm64: cma=128M
# kernels@7-16k-arm64: *

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

parameter=/sys/module/lcma/parameters/fault
faults=/sys/kernel/debug/lcma_faults
lockdown=/sys/kernel/security/lockdown

# tries FILE: an order is refused by it
refuses()
{
	! (echo DEV_FILE >"$1") 2>/dev/null
}

check "a load with an order" eval "! insmod /lcma.ko regions=main=16M@cma fault=DEV_REGISTER"
check "a load without" lcma_load "main=16M@cma"
[ -e $faults ] || bail_out "lcma was built with LCMA_FAULTS=n"
is "$(stat -c %a $parameter)" 400 "the parameter cannot be written"
check "not even by root" refuses $parameter
check "an order through debugfs" eval "echo DEV_FILE >$faults"
check "is followed" eval "! echo 4K >$dev"
check "and taken back" eval "echo off >$faults"
check "a buffer" eval "echo 4K >$dev"

if ! [ -d /sys/kernel/security ]; then
	skip "lockdown" "this kernel has none"
else
	check "securityfs" mount -t securityfs none /sys/kernel/security
	check "lockdown" eval "echo integrity >$lockdown"
	matches "$(cat $lockdown)" '\[integrity\]' "is on"
	check "the parameter takes no order" refuses $parameter
	check "debugfs takes no order" refuses $faults
	check "a buffer, still" eval "echo 4K >$dev"
	check "and back" eval "cat $dev >/dev/null; cat $dev >/dev/null"
fi
check "unload" lcma_unload
finish
