# SPDX-License-Identifier: GPL-2.0-only
#
# Doors while loading fails. A program opens everything that can be opened, in a
# loop, while the module's init fails at one after the other of its last steps,
# those before the first door included: no door answers, the module is gone each
# time, and nothing breaks when the program ends and closes what it has. When
# loading succeeds, all of them answer. Then the same with unloading: an open file
# is never one of a module that is going.
# Cannot be shown here: a program that is stopped between two instructions of its
# open(); lcma_doors_await() has the reason why that is no harm.
#
# suite: trust
# cmdline: cma=96M
# timeout: 240
# smp: 2

. /test/lib/tap.sh
. /test/lib/hands.sh

# Two heaps: the first is there for some time before the second can fail.
regions="r1=8M@cma,keep=all,heap=h1;r2=8M@cma,keep=all,heap=h2"

begin_rattling()
{
	rattle /dev/cma_test /dev/lcma /dev/dma_heap/h1 /dev/dma_heap/h2 \
		$sys/r1/used_pages $sys/r2/state \
		$sys/r1/keep_low=0 $sys/r2/decay_ms=1000 \
		$debug/r1/info $debug/r2/map \
		/sys/kernel/debug/lcma_faults /sys/kernel/debug/lcma_holders \
		>/tmp/answered 2>&1 &
	rattler=$!
}

end_rattling()
{
	kill $rattler
	wait $rattler
}

fails_at()
{
	! insmod /lcma.ko "regions=\"$regions\"" "fault=\"$1\"" 2>/dev/null
}

# A module that is going is still listed for a moment.
is_no_more()
{
	! is_loaded
}

# How many steps there are: those after the last door is open fail alone, not the load.
check "load" insmod /lcma.ko "regions=\"$regions\"" 'fault="#9999"'
steps=$(head -n 1 /sys/kernel/debug/lcma_faults)
steps=$(field "$steps" passes)
check "unload" lcma_unload
diag "$steps steps"
compare "$steps" -ge 45 "as many steps as there must be"

begin_rattling
first=$((steps - 34))
n=$first
while [ $n -le "$steps" ] && fails_at "#$n"; do
	! is_loaded || { fail "fault #$n: the module is gone"; break; }
	if [ -s /tmp/answered ]; then
		fail "fault #$n: nothing answers" "$(cat /tmp/answered)"
		break
	fi
	n=$((n + 1))
done
compare $((n - first)) -ge 12 "loading failed at each of $((n - first)) steps, and no door answered"
check "and has succeeded in the end" is_loaded
# keep_low of a private region cannot be written, and /dev/lcma may not be.
answered_most()
{
	[ "$(grep -c answered /tmp/answered)" -ge 10 ]
}
check "then the doors answer" wait_for 5000 answered_most
diag "$(wc -l </tmp/answered) of them"
check "an open file keeps the module loaded" sh -c '! rmmod lcma 2>/dev/null'
end_rattling
check "closed: unload" lcma_unload

# The last step that can fail, often: the doors are there, and go.
begin_rattling
for point in DEV_REGISTER "HEAP_REGISTER#2" "SYSFS_ADD#2"; do
	i=0
	while [ $i -lt 3 ] && fails_at "$point"; do
		i=$((i + 1))
	done
	is $i 3 "$point: loading failed 3 times"
	is "$(cat /tmp/answered)" "" "$point: no door answered"
	is_loaded && fail "$point: the module is gone"
done
end_rattling

# Load and unload beside a program that opens and closes.
(while :; do read -r _ <$dev; usleep 3000; done) 2>/dev/null &
opener1=$!
(while :; do read -r _ <$debug/r1/info; cat $sys/r2/state; usleep 3000; done) >/dev/null 2>&1 &
opener2=$!
i=0
while [ $i -lt 5 ]; do
	insmod /lcma.ko "regions=\"$regions\"" 2>/dev/null || break
	wait_for 5000 lcma_unload || break
	i=$((i + 1))
done
kill $opener1 $opener2
wait $opener1 $opener2 2>/dev/null
is $i 5 "5 times loaded and unloaded beside programs that open what they find"
check "the module is gone" is_no_more

# What holds it is named.
check "load" lcma_load "$regions"
exec 7<$dev 8</dev/dma_heap/h2
holders=$(cat /sys/kernel/debug/lcma_holders)
exec 7<&- 8<&-
# The kernel counts a file of a heap once or, in a class of ours, twice.
matches "$holders" "^references=[34]$" "references: two files, and this one"
matches "$holders" "^file=/dev/cma_test pid=$$ comm=" "the file of the text device is named"
matches "$holders" "^file=/dev/dma_heap/h2 pid=$$ " "and that of the heap"
holders=$(cat /sys/kernel/debug/lcma_holders)
is "$holders" "references=1" "closed: none but this one"
check "unload" lcma_unload
finish
