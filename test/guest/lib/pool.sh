# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# pool.sh - the body of pool and of pool_dirty.

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# of_buffers REGION [WORD]: writes to every page of its buffers; without a word it
# prints how many of their pages are not zero.
of_buffers()
{
	ranges "$1"
	for range in $ranges; do
		echo "$((${range%+*} / 4096)) $((${range#*+} / 4096)) ${2:-}" \
			>$testkit/scribble
		[ $# -gt 1 ] || cat $testkit/scribble
	done
}

# --- what a claim had to take anyway ------------------------------------------------

regions="main=32M@cma,keep=0-8M;mean=16M@cma,keep=0;low=16M@cma,keep=2M-4M"
lcma_load "$regions" || bail_out "lcma does not load"
testkit_load
knob main decay_ms 0
region_info main
is "$pool $keep" "2048 0-2048" "up to the high mark is kept from the start"
knob main keep_high 0
soon "a lower high mark trims the pool" pool_is main 0
knob main keep_high 2048
identity main "main adds up"
is "$shared" "$nr_pages" "all of it is the system's"

expect_write ok "64K region=main" "64 KiB of an empty region"
identity main "main adds up"
before=$claims
compare "$pool" -ge 1008 "the rest of the free block stays: $pool pages"
is "$(lcma_info main spared_pages)" "$pool" "and is counted"
expect_write ok "64K region=main nowait" "more of it at once"
expect_write ok "1M region=main nowait" "and more"
region_info main
is "$claims" "$before" "without a claim"
lcma_free_all
region_info main
compare "$pool" -le 2048 "what is freed does not pass the high mark: $pool"

# The rest of the block is there for a moment, for the next request; then it goes back.
expect_write ok "64K region=mean" "64 KiB with keep=0"
if frees_blocks; then
	compare "$(lcma_info mean spared_pages)" -ge 1008 "the rest of the block is lcma's"
else
	skip "the rest of the block is lcma's" "this kernel frees page by page"
fi
soon "and soon nothing is kept but them" pool_is mean 0
region_info mean
is "$used $pool $shared" "16 0 $((nr_pages - 16))" "all else is the system's"
lcma_free_all
identity mean "mean adds up"

# Room for a part of the rest only.
knob main keep_high 0
soon "the pool is empty" pool_is main 0
knob main keep_high 100
expect_write ok "64K region=main" "64 KiB, with room for 100 pages more"
soon "no more are kept" pool_at_most main 100
region_info main
# Fewer if the system has some of the block, or if free pages that wait in the lists
# of the CPUs have left only a small one: then there is no rest that has to be taken.
if [ "$pool" = 100 ]; then
	pass "and so many"
else
	skip "and so many" "$pool; the system uses $(lcma_info main system_pages) pages, or the block was small"
fi
lcma_free_all
compare "$(cat $sys/main/pool_pages)" -le 100 "nor when they are freed"
knob main keep_high 2048

# --- marks -----------------------------------------------------------------------------

check "a low mark above the high one is refused" eval "! knob main keep_low 2049"
check "a high mark below the low one, too" eval "! knob low keep_high 511"
check "so is no number" eval "! knob main keep_low many"
check "and a time that no clock has" eval "! knob main decay_ms 4294967295"
is "$(cat $sys/low/keep_low) $(cat $sys/low/keep_high) $(cat $sys/low/decay_ms)" \
	"512 1024 10000" "they are what they were"

knob main keep_high 0
soon "the pool is empty" pool_is main 0
knob main keep_high 2048
knob main keep_low 300
soon "a pool below its low mark is refilled" eval \
	"[ \$(cat $sys/main/pool_pages) -ge 300 ]"
identity main "main adds up"
compare "$(lcma_info main refilled_pages)" -ge 300 "and that is counted"

# Decay, to the low mark and no further.
expect_write ok "4M region=main" "4 MiB"
lcma_free_all
compare "$(cat $sys/main/pool_pages)" -ge 1024 "are kept when they are freed"
knob main decay_ms 200
soon "until no request has come for a while" pool_is main 300
usleep 500000
pool_is main 300 && pass "the low mark stays" || fail "the low mark stays"
compare "$(lcma_info main decayed_pages)" -ge 724 "what has decayed is counted"
identity main "main adds up"
soon "another pool decays by itself in its own time" pool_is low 512

# Taken below the low mark at once, and back there soon.
expect_write ok "1M region=low nowait" "1 MiB of a pool at its low mark"
soon "which is refilled" eval "[ \$(cat $sys/low/pool_pages) -ge 512 ]"
expect_write ok "1M region=low nowait" "and serves again"
lcma_free_all

# --- zeroing ------------------------------------------------------------------------------

knob main decay_ms 0
knob main keep_low 1024
soon "a pool of 4 MiB" eval "[ \$(cat $sys/main/pool_pages) -ge 1024 ]"
expect_write ok "4M region=main" "4 MiB, to be written to"
check "a program writes to it" of_buffers main 0xdeadbeef
is "$(of_buffers main)" 1024 "to every page"
lcma_free_all
expect_write ok "3M region=main nowait" "a part of it at once, while it is not yet zero"
is "$(of_buffers main)" 0 "is zero for its next owner"
of_buffers main 0xdeadbeef
lcma_free_all
# As many as the low mark promises; what is above it was handed out twice.
zero_are()
{
	[ "$(cat $sys/$1/pool_zero_pages)" -ge "$2" ]
}
soon "pages that were written to are zeroed in the background" zero_are main 1024
compare "$(lcma_info main zeroed_pages)" -ge 1024 "which is counted"
before=$(lcma_info main pool_hits_zero)
# Not 4 MiB: others of the pool may have left no room for all of them.
expect_write ok "3M region=main nowait" "the same memory again, at once"
is "$(lcma_info main pool_hits_zero)" $((before + 1)) "needs no zeroing"
is "$(of_buffers main)" 0 "and holds nothing of what was written"
lcma_free_all

# --- when memory is short -----------------------------------------------------------------

knob main keep_low 256
expect_write ok "8M region=main" "8 MiB"
lcma_free_all
region_info main
compare "$pool" -ge 2048 "are kept: $pool pages"
# kswapd begins to reclaim long before memory is so short that the OOM killer
# comes: what the pool gives back is of no use to the kernel itself.
scale=$(cat /proc/sys/vm/watermark_scale_factor)
echo 1000 >/proc/sys/vm/watermark_scale_factor
hog_began=$(now_ms)
check "a program takes nearly all memory there is" memhold hold hog free=28672
has_shrunk()
{
	region_info main
	[ "$pool" = 256 ]
}
soon "the pool has shrunk to its low mark" has_shrunk
compare "$(lcma_info main shrunk_pages)" -ge 1700 "and that is counted"
expect_write "ok|ENOMEM" "1M region=main" "a buffer while memory is short"
lcma_free_all
region_info main
# For five seconds: a guest may be too slow for that.
if [ "$pool" -gt 256 ] && [ $(($(now_ms) - hog_began)) -gt 5000 ]; then
	skip "is not hoarded when it is freed" "the pressure was long ago"
else
	compare "$pool" -le 256 "is not hoarded when it is freed"
fi
is "$(memhold ask hog verify)" ok "the program has what it wrote"
is "$(memhold ask hog end)" ok "and gives it up"
echo "$scale" >/proc/sys/vm/watermark_scale_factor
identity main "main adds up"
is "$(lcma_info mean shrunk_pages)" 0 "there was nothing to be had of keep=0"

# --- at the same time as everything else ----------------------------------------------------

knob main keep_low 0
knob main keep_high 0
soon "nothing of main is kept" pool_is main 0
knob main keep_high 2048
region_pages main
pin -c 0 -e 0 -k $base_pfn "$nr_pages"
compare "$(lcma_info main system_pages)" -ge $((nr_pages / 10 * 9)) \
	"main is full of pages of a program"
i=0
killed=0
while [ $i -lt 12 ]; do
	timeout_word=
	[ $((i % 2)) = 0 ] || timeout_word=" timeout=60000"
	write_begin "$((2 + i))M region=main$timeout_word"
	usleep $((i * i * 400))
	kill -KILL $writer 2>/dev/null
	write_end
	[ "$outcome" != killed ] || killed=$((killed + 1))
	wait_for 10000 is_settled main || break
	[ -z "$(accounts main)" ] || break
	lcma_free_all
	[ "$(cat $sys/main/used_pages)" = 0 ] || break
	i=$((i + 1))
done
is $i 12 "12 requests killed at some moment ($killed of them before they were done): nothing is lost"
unpin "what lived there is unharmed"

knob main keep_high 8192
knob main keep_low 8192
check "a drain beside a refill succeeds" eval "echo 1 >$sys/main/drain"
is "$(cat $sys/main/state)" drained "main is drained"
before=$(lcma_info main refilled_pages)
knob main keep_high 8192
usleep 300000
is "$(lcma_info main refilled_pages)" "$before" "and no longer refilled"

knob low keep_high 4096
knob low keep_low 4096
log_mark
check "unload beside a refill" lcma_unload
matches "$(log_since)" "region low: 16384 KiB given back" "all pages are back"
lcma_load "$regions" || fail "it loads again"
check "unload beside zeroing" lcma_unload
check "testkit unloads" rmmod lcma_testkit

# --- what is kept without keep= ------------------------------------------------------------

# shellcheck disable=SC2034	# for lcma_load
for lcma_keep in 1M- 2M-1M little "1M,"; do
	check "default_keep=$lcma_keep is refused" eval "! lcma_load r=8M@cma"
done
lcma_keep=1M-2M
lcma_load "r=8M@cma;s=8M@cma,keep=0" || fail "default_keep=$lcma_keep"
is "$(lcma_info r keep) $(lcma_info s keep)" "256-512 0-0" \
	"default_keep= is for regions that do not say"
lcma_unload
lcma_keep=default
lcma_load "r=8M@cma;s=40M@cma" || fail "lcma's own default"
is "$(lcma_info r keep) $(lcma_info s keep)" "0-512 0-2560" \
	"else it is a quarter of the region"
region_info s
is "$pool $shared" "0 $nr_pages" "of which nothing is kept before a request"
echo 500 >$sys/s/decay_ms
expect_write ok "64K region=s" "64 KiB"
compare "$(cat $sys/s/pool_pages)" -gt 0 "the rest of the block is kept"
lcma_free_all
soon "and an idle region has nothing of it" pool_is s 0
is "$(lcma_info s zeroed_pages)" 0 "nor was any of it zeroed: it was used once"
identity s "s adds up"
check "unload" lcma_unload

finish
