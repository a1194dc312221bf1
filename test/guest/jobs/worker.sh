# SPDX-License-Identifier: GPL-2.0-only
#
# Workers. A request with a deadline is served by another thread, which has to be
# what the caller is: in its memory scope (memalloc_noio, _nofs, _noreclaim), as
# urgent, and awake while the system is being suspended, so that a driver can
# allocate in its suspend callbacks. And the longest deadlines do not end at once.
# Cannot be shown here: callbacks that run with interrupts off (syscore), where
# only what is in the pool can be had; a clock of 500 Hz or more (test_timeout).
#
# suite@6.1-armhf: trust
# kernels: *-armhf *-arm64
# mem: 512M
# cmdline: cma=96M
# timeout: 180

. /test/lib/tap.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/suite.sh
. /test/lib/suite.sh

power=/sys/power

# rehearse STATE TEST: as far as that
rehearse()
{
	echo "$2" >$power/pm_test && echo "$1" >$power/state
	rehearsed=$?
	echo none >$power/pm_test
	return $rehearsed
}

# The debug kernel is built without them.
[ -e /sys/kernel/debug/kprobes ] || skip_all "this kernel has no kprobes"
testkit_load
check "load" lcma_load "main=48M@cma,keep=0;pool=16M@cma,keep=all"
check "a client is loaded" insmod /test/kmod/lcma_apitest.ko
suite worker main

# The longest deadlines, each with a claim.
for timeout in 2147483647 2147483648 4294967295; do
	expect_write ok "48M region=main timeout=$timeout" "timeout=$timeout: served"
	expect_write ENOSPC "1M region=main timeout=$timeout" "timeout=$timeout: nothing is left"
	lcma_free_all
	wait_for 5000 is_settled main
done

if ! [ -w $power/pm_test ]; then
	skip "suspend" "this kernel rehearses none"
else
	# Nothing here needs the time that the kernel would spin there.
	echo 0 2>/dev/null >/sys/module/suspend/parameters/pm_test_delay
	for depth in devices platform; do
		suite sleeper main
		check "suspend, rehearsed as far as '$depth'" rehearse freeze $depth
		suite awake main
	done
	if grep -qw disk $power/state; then
		suite sleeper main
		check "hibernation, rehearsed as far as 'core'" rehearse disk core
		suite awake main
	fi
fi
lcma_free_all
wait_for 5000 is_settled main
expect_idle main "nothing is held"
check "the client is unloaded" rmmod lcma_apitest
check "unload" lcma_unload
check "testkit unloads" rmmod lcma_testkit
finish
