# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Proves that each tracepoint of src/trace.h fires when its event happens, with what
# is so in it: the numbers of the list of buffers, the pages that are pinned, times
# that can be. And that what an event would say is not even looked up while it is off.
# Cannot prove what perf or bpftrace make of it: the job bpftrace does.
#
# matrix: no
# cmdline: cma=96M
# timeout: 60
# wide: 6.12-arm64
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

tracing=/sys/kernel/tracing
events=$tracing/events/lcma
out=/tmp/out

# tells PATTERN DESCRIPTION: is there such an event in the trace? Leaves it in $event
tells()
{
	event=$(grep -E -m 1 -e "$1" $out)
	matches "$event" "$1" "$2"
}

# read_trace: what has happened since the last time
read_trace()
{
	cp $tracing/trace $out
	echo >$tracing/trace
	cat $out >>$out.all
}

# words_looked_up: how often the kprobe was hit
words_looked_up()
{
	sed -n 's/.*lcma_word *\([0-9]*\) .*/\1/p' $tracing/kprobe_profile
}

[ -d $tracing/events ] || mount -t tracefs tracefs $tracing 2>/dev/null
check "load" lcma_load "cam=32M@cma,keep=0;gpu=16M@cma,keep=all"
testkit_load
if [ ! -d $events ]; then
	skip "tracepoints" "this kernel has none of modules"
	check "unload" lcma_unload
	finish
	exit
fi

# --- off: nothing is done for them -----------------------------------------------------

has_probe=no
if echo 'p:lcma_word lcma_outcome_word' 2>/dev/null >$tracing/kprobe_events; then
	has_probe=yes
	echo 1 >$tracing/events/kprobes/lcma_word/enable
fi
expect_write ok '4M region=gpu' "an allocation, with events off"
lcma_free_all
[ $has_probe = no ] || is "$(words_looked_up)" 0 "the word of its outcome is not looked up"
is "$(grep -c lcma_ $tracing/trace)" 0 "and nothing is written"
echo 1 >$events/enable

# --- an allocation, and its buffer -------------------------------------------------------

expect_write ok '8M region=cam label=traced' "an allocation that is traced"
[ $has_probe = no ] || compare "$(words_looked_up)" -ge 1 "now its word is looked up"
[ $has_probe = no ] || echo 0 >$tracing/events/kprobes/lcma_word/enable
buffer=$(tail -n 1 $debug/cam/buffers)
pfn=$(printf 0x%x $(($(field "$buffer" phys) / 4096)))
id=$(field "$buffer" id)
lcma_free_all
read_trace
tells 'lcma_alloc_start: region=cam nr_pages=2048 align_pages=1 flags=0x' "it starts"
tells "lcma_alloc_candidate: region=cam pfn=$pfn nr_pages=2048 is_proof=0" "its candidate is the buffer's place"
tells "lcma_claim: region=cam pfn=$pfn nr_pages=[0-9]+ err=0 took_ns=[1-9]" "the claim is there"
claim_ns=$(field "$event" took_ns)
tells "lcma_alloc_finish: region=cam pfn=$pfn nr_pages=2048 outcome=search err=0 took_ns=[1-9]" "it ends there"
finish_ns=$(field "$event" took_ns)
compare "$finish_ns" -ge "$claim_ns" "and takes as long as its claim at least"
tells "lcma_buffer_new: region=cam id=$id pfn=$pfn bytes=8388608 latency_ns=[1-9][0-9]* label=traced" "a buffer comes, as the list has it"
compare "$(field "$event" latency_ns)" -ge "$finish_ns" "and its latency has the allocation in it"
tells "lcma_buffer_gone: region=cam id=$id bytes=8388608 held_ns=[1-9]" "the same goes"
held_ns=$(field "$event" held_ns)
read -r uptime _ </proc/uptime
compare "$((held_ns / 1000000000))" -le "${uptime%.*}" "held no longer than the machine is up"
tells "lcma_give_back: region=cam pfn=$pfn nr_pages=2048" "its pages go back"
is "$(grep -c lcma_alloc_retry $out)" 0 "nothing was tried again"

# --- the pool, and a device ----------------------------------------------------------------

cmactl alloc 4M --region gpu -- sh -c "echo \$LCMA_BUFFER_FD 0 >$testkit/frames; cat $debug/gpu/buffers" >/tmp/held
buffer=$(tail -n 1 /tmp/held)
pfn=$(printf 0x%x $(($(field "$buffer" phys) / 4096)))
id=$(field "$buffer" id)
read_trace
tells "lcma_pool_hit: region=gpu pfn=$pfn nr_pages=1024" "the pool serves a buffer from where it lies"
tells "lcma_alloc_finish: region=gpu pfn=$pfn nr_pages=1024 outcome=pool err=0 " "which is its outcome"
is "$(grep -c 'lcma_claim: region=gpu' $out)" 0 "without a claim"
tells "lcma_device_attach: region=gpu id=$id device=lcma_testkit_frames[^ ]* is_attached=1" "a device attaches to the buffer"
device=$(field "$event" device)
tells "lcma_device_attach: region=gpu id=$id device=$device is_attached=0" "and the same lets go"

# --- what fails ------------------------------------------------------------------------------

region_pages cam
pin -c 1 -o $((nr_pages / 2 + 321)) $base_pfn "$nr_pages"
expect_write EBUSY '32M region=cam' "a pin is in the way"
read_trace
tells "lcma_alloc_obstacle: region=cam pfn=$pins nr_pages=(1|512) kind=pinned err=-16" "the obstacle is the pinned page, or the huge page that begins with it"
tells 'lcma_alloc_retry: region=cam nr_tried=[1-9][0-9]* waited_ms=[0-9]+$' "it is tried again"
tells 'lcma_alloc_candidate: region=cam pfn=.* is_proof=1' "by a claim, not by a look"
tells 'lcma_claim: .* err=-16 took_ns=[1-9]' "which fails"
tells 'lcma_alloc_finish: region=cam pfn=0x0 nr_pages=8192 outcome=failed err=-16 took_ns=[1-9]' "and so does the allocation"
compare "$(($(field "$event" took_ns) / 1000000))" -ge "$(field "$(grep lcma_alloc_retry $out | tail -n 1)" waited_ms)" "waits are part of its time"
unpin "the pinned page is intact"
expect_write EFBIG '40M region=cam' "a request that is too large"
read_trace
tells 'lcma_alloc_finish: region=cam pfn=0x0 nr_pages=10240 outcome=failed err=-27 ' "ends at once"

# --- the life of a region ----------------------------------------------------------------------

echo 1 >$sys/gpu/drain
check "gpu comes back" cmactl add gpu
read_trace
is "$(sed -n 's/.*lcma_life: region=gpu life=//p' $out | paste -sd' ')" "draining drained live" "a drain, and the region's return"

# --- none is left out --------------------------------------------------------------------------

for event in "$events"/lcma_*; do
	event=${event##*/}
	check "$event has been seen" grep -q " $event: " $out.all
done
echo 0 >$events/enable
[ $has_probe = no ] || echo >$tracing/kprobe_events
expect_write ok '4M region=cam' "off again"
lcma_free_all
is "$(grep -c lcma_ $tracing/trace)" 0 "nothing is written any longer"
check "testkit unloads" rmmod lcma_testkit
check "unload" lcma_unload
finish
