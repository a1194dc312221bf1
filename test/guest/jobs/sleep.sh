# SPDX-License-Identifier: GPL-2.0-only
#
# Sleep. The system is suspended to idle and wakes by its clock, rehearses
# suspension and hibernation to every depth that it has a test for, and tries to
# hibernate without a place for the image, which still makes the image:
# with a filled pool, buffers, quarantine, workers in a claim and threads that
# allocate. Afterwards every buffer and all other memory is as it was, accounts
# are exact, and lcma serves on and unloads.
# Cannot be shown here: a resume from an image, because there is no disk to write it
# to; and depths at which an emulated board cannot be woken: of the emulated PC, any.
# A kernel that hibernates takes half of the memory for the image, with the OOM killer
# off: the debug kernel, which needs more of it, then has none for a new kernel thread.
#
# suite: trust
# kernels: *-armhf *-arm64
# mem@*-debug: 768M
# expected@*-debug: kthreadd: page allocation failure
# timeout: 400

. /test/lib/tap.sh
. /test/lib/hands.sh

power=/sys/power
clock=/sys/class/rtc/rtc0/wakealarm

[ -w $power/state ] || skip_all "this kernel cannot sleep"

# sleep_for DESCRIPTION WANTED STATE [TEST]: WANTED is ok, fails or any
sleep_for()
{
	if [ -n "${4-}" ] && ! echo "$4" 2>/dev/null >$power/pm_test; then
		skip "$1" "this kernel has no test '$4'"
		return
	fi
	if ! grep -qw "$3" $power/state; then
		skip "$1" "this kernel knows $(cat $power/state) only"
		return
	fi
	log_mark
	outcome=fails
	echo "$3" 2>/tmp/why >$power/state && outcome=ok
	[ -z "${4-}" ] || echo none >$power/pm_test
	case $2/$outcome in
	any/* | ok/ok | fails/fails) pass "$1 ($outcome)" ;;
	*) fail "$1" "$outcome: $(cat /tmp/why); $(log_since | tail -n 5)" ;;
	esac
	after "$1"
}

# after DESCRIPTION: what holds after every attempt
after()
{
	is "$(accounts main)$(accounts pool)" "" "$1: accounts are exact"
	expect_write ok "64K region=pool nowait" "$1: the pool serves at once"
}

# sleep_by_clock: until the board's clock wakes us. An alarm that comes before we
# are asleep would never wake us: the kernel is told what has been counted before
# it was set, and then refuses to sleep.
sleep_by_clock()
{
	for seconds in 4 8 16 32; do
		woken=$(cat $power/wakeup_count)
		echo 0 >$clock
		echo "+$seconds" >$clock || return
		echo "$woken" >$power/wakeup_count && echo freeze >$power/state && return
	done
	return 1
}

testkit_load
check "load" lcma_load "main=48M@cma;pool=16M@cma,keep=all;some=16M@cma,keep=4M-8M"
bases=$(cat $sys/*/base)

# What is there all the time.
memhold hold others 24 >/dev/null
expect_write ok "3M region=main label=kept" "a buffer"
expect_write ok "1M region=main" "one whose page is kept"
kept=$(printf '0x%x' $(($(last_buffer main phys) / 4096 + 9)))
echo "$kept" >$testkit/pin
lcma_free >/dev/null
expect_write ok "1M region=main" "another"
quarantined=$(lcma_info main quarantined_pages)

# Its deadlines are not looked at: they pass while the system sleeps.
cmactl stress 600 --seed 7 --threads 3 --max 4M --fill 8M --json >/tmp/stress 2>&1 &
stress=$!
usleep 500000

if [ -w $clock ]; then
	for time in first second; do
		slept=$(cat $power/suspend_stats/success)
		check "suspend to idle, and wake by the clock, a $time time" sleep_by_clock
		compare "$(cat $power/suspend_stats/success)" -gt "$slept" "it did sleep"
		after "suspend to idle, a $time time"
	done
else
	skip "suspend to idle" "no clock that wakes"
fi
# Each waits for a second, not five; deeper than this, sleep to idle has no test.
echo 1 2>/dev/null >/sys/module/suspend/parameters/pm_test_delay
for depth in freezer platform; do
	sleep_for "suspend, rehearsed as far as '$depth'" ok freeze $depth
done
for depth in freezer devices core; do
	sleep_for "hibernation, rehearsed as far as '$depth'" ok disk $depth
done
echo shutdown 2>/dev/null >$power/disk
sleep_for "hibernation with no place for the image" fails disk

kill -TERM $stress
wait $stress
matches "$(cat /tmp/stress)" '"corrupt": 0,.*"leaked": 0,' "no buffer and no memory has changed"
matches "$(cat /tmp/stress)" '"buffers": [1-9]' "and buffers were to be had"
diag "$(cat /tmp/stress)"
is "$(memhold ask others verify)" ok "nor what slept through it"
memhold ask others end >/dev/null
is "$(lcma_info main quarantined_pages)" "$quarantined" "a page that is held is in quarantine still"
echo all >$testkit/unpin
wait_for 5000 info_is main quarantined_pages 0
lcma_free_all
wait_for 5000 is_settled main
expect_idle main "main: nothing is held"
expect_idle pool "pool: nothing is held"
expect_write ok "48M region=main" "all of main can be had"
lcma_free_all
is "$(cat $sys/*/base)" "$bases" "the regions are where they were"
check "unload" lcma_unload
check "testkit unloads" rmmod lcma_testkit
finish
