# SPDX-License-Identifier: GPL-2.0-only
#
# Deadlines. One allocation of a large region full of other people's pages keeps
# the kernel busy for seconds; timeout= ends the wait when it says, with
# ETIMEDOUT, alone and in a crowd larger than the number of workers. What the
# abandoned call does in the end is not lost: accounts are exact again, the call is
# counted as late, the next request is served, and what was in the pages is unharmed.
# Cannot be shown here: how late a caller is on a machine that is not emulated
# (an allowance for scheduling is part of every limit), and deadlines while
# memory is short.
#
# suite@6.1-armhf: trust
# matrix: no
# matrix@6.1-rt-armhf: yes
# mem: 848M
# cmdline: cma=64M@0x90000000
# cmdline@*-arm64|*-amd64: cma=64M
# timeout: 180

. /test/lib/tap.sh
. /test/lib/hands.sh

# What a loaded host may add to any wait of the guest.
slack_ms=250

# The host may keep a guest's CPUs from running for longer than that, which is
# measured (late_begin), but not exactly. So each deadline has three chances to be
# met, and the misses are told.
tries=3

# settles DESCRIPTION: the abandoned call ends, and nothing of it is left
settles()
{
	if wait_for 10000 is_settled r; then
		pass "$1: the abandoned call ends ($waited_ms ms later)"
	else
		fail "$1: the abandoned call ends" "$(cat $debug/r/info)"
	fi
	expect_idle r "$1: nothing is held"
}

# is_shared REGION: has all of it been given back? For wait_for.
is_shared()
{
	[ "$(cat "$sys/$1/pool_pages")" = 0 ] && is_settled "$1"
}

# deadline MS SIZE: a call that takes longer than that; where it does not, it is called
# again with half of what it took. Sets deadline_ms.
deadline()
{
	deadline_ms=$1
	i=0
	while [ $i -lt $tries ]; do
		what="timeout=$deadline_ms, $2"
		limit_ms=$((deadline_ms + deadline_ms / 10 + slack_ms))
		late_begin
		read -r outcome write_ms <<-end
			$(lcma_write "$2 timeout=$deadline_ms")
		end
		late_end
		[ "$outcome" != ETIMEDOUT ] || [ "$write_ms" -gt $((limit_ms + late_ms)) ] || break
		diag "$what: $outcome after $write_ms ms, once more"
		[ "$outcome" != ok ] || deadline_ms=$((write_ms / 2 + 1))
		wait_for 10000 is_settled r
		lcma_free_all
		wait_for 10000 is_shared r
		i=$((i + 1))
	done
	is "$outcome" ETIMEDOUT "$what: ETIMEDOUT"
	in_time "$write_ms" $limit_ms "$what: back after $write_ms ms"
	compare "$write_ms" -ge $deadline_ms "$what: not before"
	settles "$what"
}

testkit_load
check "load" lcma_load "r=56M@cma"
region_pages r
# The longest call so far is one that has nothing to migrate.
expect_write ok 56M "all of the region, new: served"
claim_ms=$(($(lcma_info r claim_max_us) / 1000))
lcma_free_all
case $(uname -m) in
arm*) is "$(lcma_info r zone)" HighMem "the region is in high memory" ;;
esac
pin -c 0 -e 0 -k $base_pfn "$nr_pages"
compare "$(lcma_info r system_pages)" -ge $((nr_pages / 10 * 9)) \
	"the region is full of pages of a program"

deadline 200 48M
compare "$(lcma_info r claims_late)" -ge 1 "timeout=200, 48M: counted as late"
matches "$(lcma_info r last_failure)" '^-ETIMEDOUT' "the reason can be read"
# So soon that perhaps no worker has begun with it.
deadline 1 48M
occupied "what lived there is unharmed"
expect_write ok "4M timeout=5000" "a deadline that is long enough: ok"
lcma_free_all
expect_idle r "and freed"

# More of them than there are workers (one for each CPU, two): some are served,
# some are in a worker's hands at their deadline, some still in the queue.
# crowd: sets write_ms to the longest time
crowd()
{
	rm -f /tmp/crowd.*
	late_begin
	i=0
	while [ $i -lt 10 ]; do
		lcma_write "5M timeout=150" >/tmp/crowd.$i &
		i=$((i + 1))
	done
	wait_for 20000 all_answered
	late_end
	write_ms=$(cat /tmp/crowd.* | cut -d' ' -f2 | sort -n | tail -n 1)
	diag "ten writers at once: $(cat /tmp/crowd.* | tr '\n' ',')"
}

all_answered()
{
	[ "$(cat /tmp/crowd.* | wc -l)" = 10 ]
}

crowd
if [ "$write_ms" -gt $((165 + slack_ms + late_ms)) ]; then
	wait_for 10000 is_settled r
	lcma_free_all
	crowd
fi
served=$(cat /tmp/crowd.* | grep -c '^ok ')
is "$(cat /tmp/crowd.* | grep -c -E '^(ok|ETIMEDOUT) ')" 10 \
	"ten writers at once: each is served or has ETIMEDOUT"
compare "$(cat /tmp/crowd.* | grep -c '^ETIMEDOUT ')" -ge 1 \
	"ten writers at once: not all could be served in time"
in_time "$write_ms" $((165 + slack_ms)) \
	"ten writers at once: the last is back after $write_ms ms"
wait_for 10000 is_settled r
expect_used r $((served * 5 * 256)) "ten writers at once: what was served is held"
lcma_free_all
expect_idle r "ten writers at once: nothing is lost"
occupied "and what lived there is unharmed"

# The same without a deadline: how long the call is.
expect_write ok 48M "48M without timeout=: served"
diag "48M without timeout= took $write_ms ms"
compare "$write_ms" -ge 400 "which takes much longer than the deadlines above"
expect_used r $((48 * 256)) "and is held"
lcma_free_all
unpin "what lived there has been moved, unharmed"

# An empty region: nothing to migrate, so nothing to stop at: the late call
# succeeds, and its pages come back.
expect_write ok 56M "all of the empty region: served"
diag "56M of free memory took $write_ms ms"
lcma_free_all
# In the middle of the call: before it takes anything it still stops, and after it
# there is nothing to be late with. How long this one takes can only be guessed.
too_early=0
too_late=$claim_ms
i_guess=0
while [ $i_guess -lt 12 ]; do
	# One that took longer than it usually does has misled the guesses.
	[ $((too_early + 1)) -lt "$too_late" ] || {
		too_early=0
		too_late=$claim_ms
	}
	failed=$(lcma_info r claims_failed)
	late=$(lcma_info r claims_late)
	guess=$(((too_early + too_late) / 2 + 1))
	deadline $guess 56M
	guess=$deadline_ms
	if [ "$(lcma_info r claims_failed)" != "$failed" ]; then
		too_early=$guess
	elif [ "$(lcma_info r claims_late)" = "$late" ]; then
		too_late=$guess
	else
		break
	fi
	wait_for 10000 is_shared r
	i_guess=$((i_guess + 1))
done
compare "$(lcma_info r claims_late)" -gt "$late" "the late call has succeeded, and its pages came back"
is $(($(lcma_info r claims_failed) - failed)) 0 "no call has failed"
expect_write ok 56M "and can be had again"
lcma_free_all
# So late that it is being cleared: giving it back would take as long again.
wait_for 10000 is_shared r
expect_write ok 56M "and again"
whole_ms=$write_ms
lcma_free_all
wait_for 10000 is_shared r
deadline $((whole_ms / 2)) 56M
lcma_free_all
expect_idle r "at the end nothing is held"
check "unload" lcma_unload
finish
