# SPDX-License-Identifier: GPL-2.0-only
#
# Those who hold pages by other means than a pipe. A pin for good (FOLL_LONGTERM:
# a fixed buffer of io_uring) leaves the region before it is made, so the whole
# region can be had beside it; on a buffer itself it is refused. Direct input
# goes to pages of the region while lcma empties it, and arrives. A device that
# writes to a page after its buffer was freed, but still holds the page, harms
# nobody: the page is quarantined until it is let go, and zeroed for its next
# user. The kernel's own CMA allocates at our edges while we do.
# Cannot be shown here: a device that writes to pages it does not hold; memory
# that goes offline (32-bit ARM has no such thing).
#
# suite: trust
# mem: 320M
# mem@6.12-armhf: 384M
# cmdline: cma=176M
# cmdline@6.12-armhf: cma=176M reserve_mem=64M:8M:res
# timeout: 240
# modules: brd

. /test/lib/tap.sh
. /test/lib/hands.sh

mib=1048576
testkit_load
area

# --- pins for good ---------------------------------------------------------------

check "load" lcma_load "r=96M@cma"
region_pages r
region_bytes=$((nr_pages * 4096))
# The kernel puts movable memory into CMA first while that is most of what is free.
io_pins longterm "$base_pfn" "$nr_pages" 40 >/tmp/longterm 2>&1 &
holder=$!
longterm_answered()
{
	grep -qE '^(ready|failed)' /tmp/longterm || ! kill -0 $holder 2>/dev/null
}
wait_for 60000 longterm_answered
said=$(head -n 1 /tmp/longterm)
diag "io_pins longterm: $said"
case $said in
"failed ENOMEM")
	# Where there was no room outside, the kernel could not move them.
	skip "pins for good" "the kernel found no room outside of the region"
	;;
*)
	compare "$(field "$said" before)" -gt 0 "memory lay in the region"
	is "$(field "$said" after)" 0 "pinned for good, it has left the region"
	expect_write ok $((region_bytes / 1024)) "all of the region can be had"
	lcma_free_all
	kill $holder
	wait $holder
	is $? 0 "the pinned memory is intact"
	;;
esac
is "$(cmactl alloc 1M -- sh -c 'io_pins buffer $LCMA_BUFFER_FD' 2>&1)" EFAULT \
	"a buffer itself cannot be pinned: EFAULT"
expect_idle r "nothing is held afterwards"

# --- direct input ------------------------------------------------------------------

if modprobe brd rd_nr=1 rd_size=8192 2>/dev/null; then
	# Fresh memory comes from the region while that is most of what is free.
	memhold hold others 16 >/dev/null
	io_pins direct /dev/ram0 "$base_pfn" "$nr_pages" 10 >/tmp/direct 2>&1 &
	reader=$!
	rounds=0
	refused=0
	while ! is_gone $reader 2>/dev/null; do
		case $(lcma_try "4M timeout=2000") in
		ok) lcma_free >/dev/null ;;
		*) refused=$((refused + 1)) ;;
		esac
		rounds=$((rounds + 1))
	done
	wait $reader
	is $? 0 "direct input is what was on the disk"
	said=$(cat /tmp/direct)
	diag "$said; $rounds allocations, $refused refused"
	# Where the buffers lie is the kernel's choice; newer ones take other memory.
	if [ "$(field "$said" inside)" = 0 ] && [ "$(uname -m)" != armv7l ]; then
		skip "some of it went to pages of the region" "none did"
	else
		compare "$(field "$said" inside)" -gt 0 "some of it went to pages of the region"
	fi
	is "$(field "$said" wrong)" 0 "no page of it is wrong"
	compare $((rounds - refused)) -gt 0 "allocations succeeded meanwhile"
	is "$(memhold ask others verify)" ok "what else was in memory is intact"
	memhold ask others end >/dev/null
	rmmod brd
	wait_for 5000 is_settled r
	expect_idle r "nothing is held afterwards"
else
	skip "direct input" "no brd"
fi
check "unload" lcma_unload

# --- a device that writes too late -----------------------------------------------------

late_device()
{
	region=$1
	region_pages "$region"
	expect_write ok "1M region=$region" "$region: a buffer"
	late=$(printf '0x%x' $(($(last_buffer "$region" phys) / 4096 + 100)))
	echo "$late 2" >$testkit/pin
	lcma_free >/dev/null
	is "$(lcma_info "$region" quarantined_pages)" 2 "$region: freed, a device still holds two pages"
	memhold hold others 40 >/dev/null
	# All around it is allocated and freed; what comes late hits no holder.
	cmactl stress 4 --region "$region" --seed 11 --threads 2 --pins 0 --max 512K --json >/tmp/stress &
	stress=$!
	writes=0
	while ! is_gone $stress 2>/dev/null; do
		echo "$late 2 0x66666666" >$testkit/scribble || bail_out "testkit cannot write to $late"
		writes=$((writes + 1))
	done
	wait $stress
	compare $writes -gt 3 "$region: the device wrote $writes times"
	matches "$(cat /tmp/stress)" '"corrupt": 0,' "$region: no buffer has changed"
	matches "$(cat /tmp/stress)" '"buffers": [1-9]' "$region: and there were some"
	is "$(memhold ask others verify)" ok "$region: no other memory has changed"
	memhold ask others end >/dev/null
	is "$(lcma_info "$region" quarantined_pages)" 2 "$region: the two pages are still held"
	echo all >$testkit/unpin
	wait_for 5000 info_is "$region" quarantined_pages 0
	is "$(lcma_info "$region" quarantined_pages)" 0 "$region: let go, they come back"
	# shellcheck disable=SC2016	# for the command
	is "$(cmactl alloc $((nr_pages * 4)) --region "$region" -- sh -c 'io_pins zero $LCMA_BUFFER_FD' 2>&1)" \
		zero "$region: what the device wrote is gone"
	wait_for 5000 is_settled "$region"
	expect_idle "$region" "$region: nothing is held afterwards"
}

check "load" lcma_load "classic=16M@cma;private=8M@cma,keep=all"
late_device classic
late_device private
check "unload" lcma_unload

# --- the kernel's own CMA at our edges ---------------------------------------------------

fits_mib=$(fill_area $mib)
free_area
check "load" lcma_load "edge=32M@cma"
region_pages edge
edge_first=$((base_pfn * 4096))
cmactl stress 12 --seed 5 --threads 3 --pins 1 --max 8M \
	--timeout $((1000 * ${lcma_scale:-1})) --json >/tmp/stress &
stress=$!
rounds=0
inside=0
pieces=0
while ! is_gone $stress 2>/dev/null; do
	# Pieces of several sizes. The kernel takes the first that is free: before
	# our first page, then after our last.
	for bytes in $((3 * mib)) $mib 65536 8192; do
		echo "alloc $bytes" 2>/dev/null >$testkit/neighbour
	done
	inside=$((inside + $(neighbours_in $edge_first $((nr_pages * 4096)))))
	pieces=$((pieces + $(wc -l <$testkit/neighbour)))
	[ $((rounds % 4)) != 3 ] || free_area
	rounds=$((rounds + 1))
done
wait $stress
status=$?
free_area
sed 's/^/# /' /tmp/stress
diag "$rounds rounds of the neighbour, $pieces pieces"
compare $rounds -gt 3 "the neighbour allocated beside us, $rounds rounds"
compare $pieces -gt $rounds "and got something"
is $inside 0 "never a page of ours"
is $status 0 "and we were content beside it"
wait_for 10000 is_settled edge
expect_idle edge "nothing is held afterwards"
check "unload" lcma_unload
is "$(fill_area $mib)" "$fits_mib" "and the kernel can have all that it had before"
free_area
check "testkit unloads" rmmod lcma_testkit
finish
