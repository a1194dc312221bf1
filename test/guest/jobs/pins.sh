# SPDX-License-Identifier: GPL-2.0-only
#
# Pinned pages. Pages that a pipe holds (pin_pages: vmsplice) are in the way of
# an allocation exactly where no run without them is long enough; then the
# request fails with EBUSY in bounded time and the reason names one of them.
# Everywhere else it succeeds, beside them. Accounts are exact after each step, and
# what was in a pinned page is what it was.
# Cannot be shown here: pins that come and go while a call runs, and what DMA
# would do to a page that moved.
#
# suite@6.1-armhf: trust
# matrix: no
# mem: 320M
# mem@6.12-*|7-*: 352M
# cmdline: cma=176M
# cmdline@6.12-*|7-*: cma=176M reserve_mem=64M:8M:res
# timeout: 180
# smp@6.12-armhf: 1

. /test/lib/tap.sh
. /test/lib/hands.sh

# How long a request may take that is refused, or that finds
# its place late: candidates times what one costs, four times at most
max_ms=$((4000 * ${lcma_scale:-1}))

# refused SIZE WHAT: EBUSY, soon, for a reason that names one of the pins
pinned_refused()
{
	late_begin
	expect_write EBUSY "$1 region=$region" "$2: EBUSY"
	late_end
	in_time "$write_ms" $max_ms "$2: within $max_ms ms ($write_ms)"
	reason=$(lcma_info $region last_failure)
	if names_a_pin "$reason"; then
		pass "$2: the reason names a pinned page"
	else
		fail "$2: the reason names a pinned page" "$reason"
	fi
	expect_idle $region "$2: nothing is held afterwards"
}

# beside SIZE WHAT: succeeds, with no pinned page in the buffer
beside()
{
	late_begin
	expect_write ok "$1 region=$region" "$2"
	late_end
	in_time "$write_ms" $max_ms "$2: within $max_ms ms ($write_ms)"
	phys=$(last_buffer $region phys)
	is "$(holds_pin "$phys" "$(last_buffer $region bytes)")" "" \
		"$2: no pinned page is in it"
}

# as_many_blocks PAGES: exactly the blocks without a pin can be had
as_many_blocks()
{
	kib=$(($1 * 4))
	free_blocks "$1"
	got=$(lcma_write -t $((blocks + 1)) "${kib}K align=${kib}K region=$region")
	is "${got##* }" "$blocks" "$what: of $((nr_pages / $1)) blocks of $kib KiB those without a pin"
	expect_used $region $((blocks * $1)) "$what: counted"
	is "$(sed 's/.* phys=\([^ ]*\) bytes=\([^ ]*\).*/\1 \2/' $debug/$region/buffers |
		while read -r phys bytes; do holds_pin "$phys" "$bytes"; done)" "" \
		"$what: no pinned page is in any of them"
	lcma_free_all
	expect_idle $region "$what: all of it comes back"
}

# sprinkled EVERY_PAGES [-t]: one pin in each so many pages (of tmpfs)
sprinkled()
{
	pin ${2-} -e "$1" -o $(($1 * 5 / 7)) $base_pfn "$nr_pages"
	compare "$(nr_pins)" -ge $((nr_pages / $1 * 3 / 4)) \
		"$region: $(nr_pins) pins in $((nr_pages / $1)) blocks"
	longest_gap
	what="$region, $(nr_pins) pins${2-}, one in $(($1 * 4)) KiB"
	beside $((gap * 4))K "$what: the longest run between them, $gap pages"
	lcma_free_all
	pinned_refused $((gap * 4 + 4))K "$what: one page more"
	[ "$1" -lt "$unit_pages" ] || as_many_blocks "$unit_pages"
	unpin "$what: the pinned pages are intact"
	failed=$(lcma_info $region claims_failed)
	expect_write ok $((gap * 4 + 4))"K region=$region" "$what: let go, and it succeeds"
	is "$(lcma_info $region claims_failed)" "$failed" \
		"$what: at the first try ($write_ms ms)"
	lcma_free_all
	expect_idle $region "$what: all is well at the end"
}

pins_in()
{
	region=$1
	region_pages $region

	pin -c 1 -o $((nr_pages / 2 + 321)) $base_pfn "$nr_pages"
	failed=$(lcma_info $region claims_failed)
	pinned_refused $((nr_pages * 4))K "$region, one pin, all of the region"
	# The pinned page alone: no claim of the rest could succeed.
	compare $(($(lcma_info $region claims_failed) - failed)) -ge 1 \
		"$region, one pin, all of the region: a claim has proved it"
	matches "$(cmactl alloc $((nr_pages * 4))K --region "$region" 2>&1)" 'EBUSY' \
		"$region, one pin, all of the region by ioctl: EBUSY"
	unpin "$region: the one pinned page is intact"
	expect_write ok $((nr_pages * 4))"K region=$region" "$region: and then all of it"
	lcma_free_all

	sprinkled 512
	sprinkled $((2 * unit_pages))
	sprinkled $((5 * unit_pages)) -t
	[ "$nr_pages" -lt $((20 * unit_pages)) ] || sprinkled $((20 * unit_pages))
}

testkit_load
if can_reserve_mem; then
	check "load" lcma_load "r=160M@cma;m=64M@reserve_mem:res"
	pins_in r
	pins_in m
else
	check "load" lcma_load "r=160M@cma"
	pins_in r
fi
check "unload" lcma_unload
finish
