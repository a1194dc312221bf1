# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# hands.sh - what the jobs about pins, drains and unloading share. Sourced
# after tap.sh.

testkit=/sys/kernel/debug/lcma_testkit

# --- waiting ------------------------------------------------------------------

# now_ms: milliseconds since boot (in steps of ten)
now_ms()
{
	read -r uptime _ </proc/uptime
	echo "${uptime%.*}${uptime#*.}0"
}

# wait_for MS COMMAND...: until the command succeeds. MS is how long that takes at most
# where nothing else runs on the host: fails after ten times as much, and more on a
# slow kernel (lcma_scale); a bench sets wait_slack. Leaves the milliseconds that it took in $waited_ms.
wait_for()
{
	wait_began=$(now_ms)
	wait_limit=$(($1 * ${wait_slack:-10} * ${lcma_scale:-1}))
	shift
	while ! "$@" >/dev/null 2>&1; do
		waited_ms=$(($(now_ms) - wait_began))
		[ $waited_ms -le "$wait_limit" ] || return 1
		usleep $((20000 * ${lcma_scale:-1}))
	done
	# shellcheck disable=SC2034	# for the job that sources this file
	waited_ms=$(($(now_ms) - wait_began))
}

# knob REGION NAME VALUE; the exit status tells whether it was accepted
knob()
{
	echo "$3" 2>/dev/null >$sys/$1/$2
}

# pool_is REGION PAGES: and, asked after that, what has left it has arrived; for
# wait_for
pool_is()
{
	[ "$(cat $sys/$1/pool_pages)" = "$2" ] &&
		read -r pool_busy <$sys/$1/busy_pages && [ "$pool_busy" = 0 ]
}

# pool_at_most REGION N: no more than N pages are in the pool
pool_at_most()
{
	[ "$(cat "$sys/$1/pool_pages")" -le "$2" ]
}

# soon DESCRIPTION COMMAND...: within twenty seconds
soon()
{
	soon_what=$1
	shift
	if wait_for 20000 "$@"; then
		pass "$soon_what ($waited_ms ms)"
	else
		fail "$soon_what" "not in time: $*"
	fi
}

# late_begin, late_end: around what must be back in time. Sets late_ms, the time for
# which the host kept CPUs of the guest from running meanwhile; testkit has to be
# loaded.
late_begin()
{
	echo start >$testkit/lateness
}

late_end()
{
	late_ms=0
	read -r late_ms <$testkit/lateness
	echo stop >$testkit/lateness
}

# in_time MS LIMIT_MS DESCRIPTION: not longer than that, and what late_end found. A
# busy host costs no verdict so, and a call that is slow by itself still fails.
in_time()
{
	[ "$1" -le "$2" ] || diag "of $1 ms the host kept CPUs for $late_ms ms"
	compare "$1" -le $(($2 + late_ms)) "$3"
}

# info_is REGION KEY VALUE: for wait_for
info_is()
{
	[ "$(lcma_info "$1" "$2")" = "$3" ]
}

is_gone()
{
	! kill -0 "$1"
}

is_loaded()
{
	grep -q "^${1:-lcma} " /proc/modules
}

# write_begin LINE: in the background; its process is $writer
write_begin()
{
	rm -f /tmp/written
	heed lcma_write "$1" >/tmp/written 2>&1 &
	writer=$!
}

# write_end: sets outcome (ok, an errno name, or killed) and write_ms
write_end()
{
	wait "$writer"
	read -r outcome write_ms </tmp/written || outcome=killed
}

# is_claiming REGION: for wait_for
is_claiming()
{
	read -r wait_busy <"$sys/$1/busy_pages" && [ "$wait_busy" != 0 ]
}

# is_settled REGION: is nothing on its way, and in the pool what it may keep? For wait_for.
is_settled()
{
	read -r wait_busy <"$sys/$1/busy_pages" && [ "$wait_busy" = 0 ] &&
		pool_at_most "$1" $(($(cat "$sys/$1/keep_high") +
				     $(cat "$sys/$1/wedged_pages"))) &&
		info_is "$1" running_claims 0
}

# all_zero REGION: is every page of the pool zero? For wait_for.
all_zero()
{
	[ "$(cat "$sys/$1/pool_pages")" = "$(cat "$sys/$1/pool_zero_pages")" ]
}

# --- regions ------------------------------------------------------------------

# region_pages REGION: sets base_pfn, nr_pages and unit_pages
region_pages()
{
	# shellcheck disable=SC2034	# for the job that sources this file
	read -r base_pfn nr_pages unit_pages <<-end
		$(sums "$1" base nr_pages unit_pages)
	end
	base_pfn=$((base_pfn / 4096))
}

# Of one read of info, which is one moment: it takes a look at every page of the
# region. sums KEY...: the values of these, and what is wrong with the
# identities that hold at any moment. "idle" is pool or shared, as it should be.
sums()
{
	books_region=$1
	shift
	awk -v keys="$*" '
		{ value[$1] = $2 }
		END {
			u = value["used_pages:"]; b = value["busy_pages:"]
			p = value["pool_pages:"]; s = value["shared_pages:"]
			value["idle:"] = value["keep:"] == "all" ? p : s
			n = split(keys, key, " ")
			for (i = 1; i <= n; i++)
				printf "%s ", value[key[i] ":"]
			if (u + b + p + s != value["nr_pages:"])
				printf "used+busy+pool+shared is %d, not %d ",
					u + b + p + s, value["nr_pages:"]
			if (u + p != value["claimed_pages:"])
				printf "used+pool is %d, not %d ",
					u + p, value["claimed_pages:"]
		}' "$debug/$books_region/info"
}

# accounts REGION: prints what is wrong with the identities
accounts()
{
	sums "$1"
}

# expect_idle REGION DESCRIPTION: nothing is used or busy, no call runs, and
# every page is where idle pages of the region belong.
expect_idle()
{
	# What a claim took along goes back in a moment.
	wait_for 2000 pool_at_most "$1" $(($(cat "$sys/$1/keep_high") + $(cat "$sys/$1/wedged_pages"))) || :
	got=$(sums "$1" nr_pages used_pages busy_pages quarantined_pages \
		running_claims idle)
	is "${got#* }" "0 0 0 0 ${got%% *} " "$2"
}

# expect_used REGION PAGES DESCRIPTION: so many pages in buffers and quarantine,
# none busy, no call running, and the buffers add up.
expect_used()
{
	listed=$(awk '
		{
			for (i = 1; i <= NF; i++)
				if (sub(/^bytes=/, "", $i))
					sum += $i / 4096
		}
		END { print sum + 0 }' "$debug/$1/buffers")
	got=$(sums "$1" quarantined_pages used_pages busy_pages running_claims)
	is "${got#* }" "$2 0 0 " "$3"
	is $((listed + ${got%% *})) "$2" "$3: buffers and quarantine add up"
}

# last_buffer REGION KEY: of the youngest buffer
last_buffer()
{
	field "$(tail -n 1 "$debug/$1/buffers")" "$2"
}

# --- pin_pages ----------------------------------------------------------------

# pin ARGUMENTS...: runs pin_pages until it is ready. Leaves its process in
# $pinner and the page frames in $pins, one a line.
pin()
{
	rm -f /tmp/pins
	pin_pages "$@" >/tmp/pins 2>&1 &
	pinner=$!
	wait_for 60000 pin_answered || bail_out "pin_pages $*: not ready after a minute"
	grep -q '^ready' /tmp/pins || pin_failed "$*"
	pins=$(sed -n 's/^pfn=\(0x[0-9a-f]*\) .*/\1/p' /tmp/pins)
	case " $* " in
	*" -e 0 "*) ;;
	*) [ -n "$pins" ] || bail_out "pin_pages $*: no page to pin" ;;
	esac
	diag "pin_pages $*: $(grep '^ready' /tmp/pins), after $waited_ms ms"
}

# pin_failed ARGUMENTS: what it said; and, as a killed process says nothing, what it died
# of, and which processes the kernel killed because memory was short
pin_failed()
{
	wait $pinner
	pin_status=$?
	bail_out "pin_pages $1: exit status $pin_status: $({
		tail -n 3 /tmp/pins
		dmesg | grep -E 'invoked oom-killer|Out of memory' | tail -n 2
	} | tr '\n' ' ')"
}

pin_answered()
{
	grep -q '^ready' /tmp/pins || ! kill -0 $pinner
}

# unpin DESCRIPTION: ends it; its memory must be as it was
unpin()
{
	kill $pinner
	if wait $pinner; then
		pass "$1"
	else
		fail "$1" "pin_pages: $(tail -n 1 /tmp/pins)"
	fi
}

# occupied DESCRIPTION: are the pages that pin_pages -k keeps intact?
occupied()
{
	nr_answers=$(grep -c -E 'intact|damaged' /tmp/pins)
	kill -USR1 $pinner
	wait_for 20000 pin_checked
	is "$(tail -n 1 /tmp/pins)" intact "$1"
}

pin_checked()
{
	[ "$(grep -c -E 'intact|damaged' /tmp/pins)" -gt "$nr_answers" ]
}

nr_pins()
{
	echo "$pins" | grep -c .
}

# longest_gap: sets gap to the longest run of pages of the range of
# region_pages that holds no pin
longest_gap()
{
	gap=$(sed -n 's/.* page=//p' /tmp/pins | awk -v end="$nr_pages" '
		BEGIN { from = 0; longest = 0 }
		{ if ($1 - from > longest) longest = $1 - from; from = $1 + 1 }
		END { if (end - from > longest) longest = end - from; print longest }')
}

# free_blocks PAGES: sets blocks to the number of blocks of that many pages,
# aligned, that hold no pin
free_blocks()
{
	blocks=$(sed -n 's/.* page=//p' /tmp/pins | awk -v size="$1" -v end="$nr_pages" '
		!seen[int($1 / size)]++ { taken++ }
		END { print int(end / size) - taken }')
}

# names_a_pin TEXT: does a sentence of lcma's say that one of $pins is pinned?
names_a_pin()
{
	for p in $pins; do
		case $1 in *"pfn $p is pinned"*) return 0 ;; esac
	done
	return 1
}

# holds_pin PHYS BYTES: is one of $pins in the range? Prints it.
holds_pin()
{
	for p in $pins; do
		[ $((p)) -lt $(($1 / 4096)) ] || [ $((p)) -ge $((($1 + $2) / 4096)) ] ||
			echo "$p"
	done
}

# --- the kernel's own CMA area ---------------------------------------------------

testkit_load()
{
	check "testkit loads" insmod /test/kmod/lcma_testkit.ko
}

# area: sets area_first and area_end, addresses, from the kernel's log
area()
{
	line=$(dmesg | sed -n 's/.*cma: Reserved \([0-9]*\) MiB at \(0x[0-9a-f]*\).*/\1 \2/p' | head -n 1)
	[ -n "$line" ] || bail_out "the log does not say where the CMA area is"
	area_first=$((${line#* }))
	# shellcheck disable=SC2034
	area_end=$((area_first + ${line% *} * 1048576))
}

# page_counts FIRST_PFN NR: testkit's counts for the range
page_counts()
{
	echo "$1 $2" >$testkit/look && cat $testkit/look
}

# neighbours_in FIRST BYTES: how many pieces of the neighbour's lie in a range
# of addresses
neighbours_in()
{
	sed 's/phys=\([^ ]*\) bytes=\(.*\)/\1 \2/' $testkit/neighbour |
	while read -r phys bytes; do
		[ $((phys)) -lt "$1" ] || [ $((phys + bytes)) -gt $(($1 + $2)) ] || echo x
	done | wc -l
}

# fill_area BYTES: the neighbour takes all that the kernel's area has, in pieces
# of that size; prints how many it holds then. (Not as many as fit: the kernel
# keeps an atomic pool of some hundred KiB there.)
fill_area()
{
	echo "fill $1 $area_first $area_end" >$testkit/neighbour
	wc -l <$testkit/neighbour
}

free_area()
{
	echo "free all" >$testkit/neighbour
}
