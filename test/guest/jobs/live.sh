# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# live - a region out of the running system, with no reservation: what is taken and
# what the log says of it; at a place; while programs use the memory; at run time, drained
# and brought back; refusals; every failure point; and that each block is what it was
# after the unload, under the storm too, in rounds (what the job storm shows of other
# regions is not shown again). Not here: a machine that has run for weeks.
#
# suite: trust
# cmdline: cma=96M
# timeout: 240
# programs: stress-ng
# wide: 6.12-arm64

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

mib=$((1 << 20))
page_size
seed

# blocks: how many pageblocks of each type there are, in $movable, $cma, $isolated and $all
blocks()
{
	# shellcheck disable=SC2046	# four numbers
	set -- $(awk '/^Number of blocks type/ { for (i = 5; i <= NF; i++) name[i] = $i; on = 1; next }
		on && /^Node/ { sub(/,/, ""); for (i = 5; i <= NF; i++) {
			n[name[i]] += $i; all += $i } }
		END { print n["Movable"] + 0, n["CMA"] + 0, n["Isolate"] + 0, all }' /proc/pagetypeinfo)
	movable=$1 cma=$2 isolated=$3 all=$4
}

# as_before DESCRIPTION SLACK: the kernel itself changes a block now and then
as_before()
{
	blocks
	is "$cma $isolated $all" "$cma0 0 $all0" "$1: no block is of another kind than before"
	compare "$movable" -ge $((movable0 - $2)) "$1: $movable of $movable0 blocks are movable"
}

blocks
movable0=$movable cma0=$cma all0=$all
[ "$all" -gt 0 ] || bail_out "no /proc/pagetypeinfo"

# --- a region ----------------------------------------------------------------------------

log_mark
check "32 MiB of the running system" lcma_load "a=32M@live"
log=$(log_since)
matches "$log" "region a: 32768 KiB taken from the running system, [0-9]+ KiB of them were in use and have moved; looking at [0-9]+ MiB took [0-9]+ ms, taking [0-9]+ ms" \
	"the log says what was moved, and how long it took"
region_info a
is "$source $nr_pages" "live $((32 * mib / page_bytes))" "that is what it is"
place=$base
blocks
pageblock=$(lcma_info a pageblock_pages)
is $((cma - cma0)) $((nr_pages / pageblock)) "its blocks can be shared"
is "$shared" "$nr_pages" "and all of it is"
expect_write ok "32M" "all of it"
lcma_free_all
# Other kernels turn to such blocks when little else is left.
most=free=90000
[ "$(uname -m)" != armv7l ] || most=300
check "programs use it" memhold hold anon $most
ranges=$place+$((32 * mib))
answer=$(memhold ask anon count $ranges)
compare "${answer% of*}" -gt 0 "$answer of its pages are theirs"
expect_write ok "32M" "all of it again"
is "$(memhold ask anon verify)" ok "and no program lost any"
lcma_free_all
memhold ask anon end >/dev/null
identity a "it adds up"
check "unload" lcma_unload
as_before "after an unload" 1

# --- out of memory that is in use -----------------------------------------------------------

check "programs use most of memory" memhold hold anon 280
log_mark
check "16 MiB of it, where the first one was" lcma_load "a=16M@live:$place"
moved=$(log_since | sed -n 's/.*system, \([0-9]*\) KiB of them.*/\1/p')
compare "${moved:-0}" -gt 0 "$moved KiB were moved"
is "$(memhold ask anon verify)" ok "and no program lost any"
expect_write ok "16M" "all of it"
lcma_free_all
check "unload" lcma_unload
is "$(memhold ask anon verify)" ok "still none"
memhold ask anon end >/dev/null
as_before "after programs used it" 1

# --- a place -----------------------------------------------------------------------------------

# Where there are 24 MiB now; before that there may be nothing but the kernel.
check "a region, for its place" lcma_load "a=24M@live"
region_info a
place=$(printf '0x%x' $((base)))
check "unload" lcma_unload
hex=$(printf '0x%x' $((place + 24 * mib)))
check "at a place" lcma_load "a=16M@live:$place;b=8M@live,below=$hex"
region_info a
is "$base" "$place" "it is there"
region_info b
compare $((base + nr_pages * page_bytes)) -le $((hex)) "b is below"
check "unload" lcma_unload

# --- refusals, at run time ---------------------------------------------------------------------

check "a region of the reservation" lcma_load "main=16M@cma"
add=$sys/add
# refused LINE PATTERN
refused()
{
	if echo "$1" >$add 2>/dev/null; then
		fail "'$1' is refused"
	else
		matches "$(cat $add)" "$2" "'$1' is refused, and the file says why"
	fi
}
refused "x=4G@live" "wants 4194304 KiB of the running system, which has [0-9]+ KiB to spare"
refused "x=8M@live:here" "live:here needs an address"
refused "x=8M@live:0x60001000" "live memory begins at multiples of"
refused "x=8M@live:$place,at=0x10000000" "needs an address"
refused "x=8M@live:0x10000000" "in one piece at 0x10000000, the running system can give 0 KiB now"
blocks
is "$isolated" 0 "nothing is left isolated"

check "at run time" eval "echo 'cam2=16M@live,keep=0' >$add"
expect_write ok "16M region=cam2" "it serves"
lcma_free_all
check "it is drained" eval "echo 1 >$sys/cam2/drain"
as_before "after a drain" 1
check "it comes back" eval "echo cam2 >$add"
expect_write ok "16M region=cam2" "and serves"
lcma_free_all
check "a private one" eval "echo 'own=8M@live,keep=all' >$add"
expect_write ok "8M region=own nowait" "which serves at once"
lcma_free_all

faults=/sys/kernel/debug/lcma_faults
# A claim that fails once is made again, so each point fails each time. (Not CLAIM_INTR:
# without a signal a shell writes again.)
for point in LIVE_CARVE LIVE_SURVEY CLAIM_BUSY CLAIM_NOMEM REGION_REGISTER REGION_NEW \
	REGION_PARTS SYSFS_DIR SYSFS_ADD; do
	echo $point >$faults
	check "$point is an error" eval "! echo 'swept=8M@live' 2>/dev/null >$add"
	echo off >$faults
done
is "$(ls -d $sys/swept 2>/dev/null)" "" "and leaves nothing"
check "then it works" eval "echo 'swept=8M@live' >$add"
for region in cam2 own swept; do
	check "$region is drained" eval "echo 1 >$sys/$region/drain"
done
as_before "after all of that" 1

# --- under load ------------------------------------------------------------------------------------

end=/tmp/end
rm -f $end
mkdir -p /tmp/t
mount -t tmpfs none /tmp/t
(while [ ! -e $end ]; do
	dd if=/dev/zero of=/tmp/t/a bs=1M count=40 2>/dev/null
	dd if=/dev/zero of=/tmp/t/b bs=1M count=40 2>/dev/null
	rm /tmp/t/a
done) & busy=$!
check "a region beside writers" eval "echo 'busy=32M@live' >$add"
expect_write ok "8M region=busy" "it serves"
lcma_free_all
soon "an unload beside writers" lcma_unload
: >$end
wait $busy
umount /tmp/t
blocks
is "$cma $isolated" "$cma0 0" "no block is left"

# told KEY: a number of what the storm found
told()
{
	sed -n "s/.*\"$1\": \([0-9]*\)[,}].*/\1/p" /tmp/storm
}

# storm SEED: it finds nothing. An answer may be late: stress-ng takes the CPUs as well, and the job
# storm is the one that judges deadlines. Nothing else is forgiven then.
storm()
{
	cmactl stress 5 --seed "$1" --unload --fill 32M --pins 2 --threads 4 --max 8M --json \
		>/tmp/storm 2>/tmp/storm.said && return
	[ "$(told corrupt) $(told odd) $(told leaked)" = "0 0 0" ] &&
		[ "$(told late)" -gt "$(told late_waiting)" ] && [ "$(told buffers)" -gt 0 ]
}

# --- under the storm -------------------------------------------------------------------------------

# settled SLACK: the system is idle, and its blocks are as before
settled()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	blocks
	[ "$cma $isolated $all" = "$cma0 0 $all0" ] && [ "$movable" -ge $((movable0 - $1)) ]
}

# visit: a live region that comes and goes
visit()
{
	came=0
	while [ ! -e $end ]; do
		echo "${visitor:-visit=8M@live,keep=0}" 2>/dev/null >$add && came=$((came + 1))
		[ ! -e $sys/visit ] || visitor=visit
		usleep 100000
		# Refused while it has buffers.
		echo 1 2>/dev/null >$sys/visit/drain
	done
	echo $came >/tmp/came
}

# write_files: what a system does all the time
write_files()
{
	while [ ! -e $end.files ]; do
		dd if=/dev/zero of=/tmp/t/a bs=1M count=32 2>/dev/null
		cp /tmp/t/a /tmp/t/b
		rm /tmp/t/a
	done
	rm -f /tmp/t/a /tmp/t/b
}

has_program()
{
	[ -x /test/bin/"$1" ]
}
has_program stress-ng || skip "stress-ng" "it was not fetched"
mount -t tmpfs none /tmp/t
# The kernel itself takes a block for what cannot be moved now and then, under pressure.
slack=$((all0 / 20 + 1))
for round in 1 2 3; do
	rm -f $end $end.files
	write_files & files=$!
	visitor=
	check "round $round: loads beside writers" \
		lcma_load "main=16M@cma;l1=32M@live,keep=0;l2=16M@live;l3=8M@live,keep=all"
	blocks
	is $((cma - cma0)) $((56 * mib / page_bytes / pageblock)) "round $round: their blocks are CMA"
	visit & visits=$!
	vm=
	! has_program stress-ng || {
		stress-ng --vm 2 --vm-bytes 80M --vm-keep --verify --timeout 5s --temp-path /tmp >/tmp/vm 2>&1 &
		vm=$!
	}
	check "round $round: the storm finds everything in order" \
		storm $((seed + round))
	diag "$(told buffers) buffers, $(told late) late, $(told corrupt) corrupt, $(told odd) odd, $(told leaked) leaked: $(tr '\n' ' ' </tmp/storm.said)"
	[ -z "$vm" ] || wait $vm
	is $? 0 "round $round: and stress-ng its memory"
	touch $end
	wait $visits
	compare "$(cat /tmp/came)" -gt 1 "round $round: a region came and went $(cat /tmp/came) times"
	log_mark
	soon "round $round: an unload beside writers" lcma_unload
	is "$(log_since | grep -c "stay ordinary movable memory")" 0 "round $round: nothing of it is lost"
	touch $end.files
	wait $files
	soon "round $round: every block is what it was" settled $slack
	diag "$movable of $movable0 blocks are movable, $cma CMA, $isolated isolated"
done
umount /tmp/t
finish
