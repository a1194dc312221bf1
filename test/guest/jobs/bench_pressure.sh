# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_pressure - B3 of the bench: stress-ng has filled memory, and some of it fills
# it anew all the time, anonymous memory and files; allocations of 1 to 16384 pages,
# beside the kernel's CMA. Before each repetition what is free in either side's
# part is filled again (test/guest/programs/refill.c). The caller has real-time priority, so
# that what is measured is the allocation, not the queue for the CPU. Half of the
# repetitions are made with the sides' parts exchanged, half with the other side
# first. Memory is so full that the kernel may find no page to move another one to, and
# then logs it. Proves nothing by itself; test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 1200
# expected: page allocation (failure|stall)
# modules: zram ext4 brd
# programs: stress-ng mke2fs

. /test/lib/tap.sh
. /test/lib/hands.sh
. /test/lib/bench.sh

sizes "1 16 64 256 1024 8192 16384" "1 64 1024"

# pairs KEEP SIZE: how many pairs there are, in $reps. Those of keep=0 are judged by an
# interval, and differ most; a hit takes as long each time; and of the largest, which take
# as long as all others together, 64 MiB have to be in use again for each.
pairs()
{
	case $1:$2 in
	0:*) reps 20 2 ;;
	*:1 | *:16 | *:64) reps 6 2 ;;
	*:8192 | *:16384) reps 6 2 ;;
	*) reps 10 2 ;;
	esac
}

churn_mib=120
free_mib=80
spare_kib=8000		# above what the system keeps free itself

has_program()
{
	[ -x /test/bin/"$1" ]
}

# Files on a disk that is memory. It is made anew for each region: what the file
# system has pinned would be in the way of a region that is carved.
begin_disk()
{
	/test/bin/mke2fs -q -t ext4 -F /dev/ram0 && mkdir -p /disk &&
		mount -t ext4 /dev/ram0 /disk
}

# begin_load: a program keeps most of memory, another fills a part of it anew
begin_load()
{
	check "a disk" begin_disk
	keep_mib=$(($(meminfo MemFree) / 1024 - churn_mib - free_mib))
	/test/bin/stress-ng --vm 4 --vm-bytes ${keep_mib}M --vm-hang 0 \
		--vm-method write64 --vm-populate --oomable >/dev/null 2>&1 &
	keeper=$!
	/test/bin/stress-ng --vm 3 --vm-bytes ${churn_mib}M \
		--vm-method write64 --vm-populate --hdd 1 --hdd-bytes 16M \
		--temp-path /disk --oomable >/dev/null 2>&1 &
	churner=$!
	wait_for 60000 is_filled || diag "memory is not full after a minute"
	rm -f /tmp/ask /tmp/answer
	mkfifo /tmp/ask /tmp/answer
	/test/bin/refill $spare_kib "$lcma_pfn+$part_pages" \
		"$kernel_pfn+$part_pages" </tmp/ask >/tmp/answer &
	refiller=$!
	exec 3>/tmp/ask 4</tmp/answer
	refill
	diag "refilled: $answer; MemFree $(meminfo MemFree) KiB, swap $(meminfo SwapFree) KiB free"
}

is_filled()
{
	[ "$(meminfo MemFree)" -lt $(((free_mib + churn_mib / 2) * 1024)) ]
}

refill()
{
	echo >&3
	read -r answer <&4 || bail_out "refill has ended"
}

end_load()
{
	exec 3>&- 4<&-
	kill $churner $keeper 2>/dev/null
	wait $churner $keeper $refiller 2>/dev/null
	# Its workers end by themselves, each when it has seen it.
	wait_for 20000 no_stress || killall -9 stress-ng 2>/dev/null
	rm -rf /disk/*
	wait_for 5000 umount /disk
	echo 3 >/proc/sys/vm/drop_caches
}

oom_kills()
{
	sed -n 's/^oom_kill //p' /proc/vmstat
}

no_stress()
{
	! pidof stress-ng
}

has_program stress-ng && has_program mke2fs || skip_all "stress-ng or mke2fs was not fetched"
single_pages
modprobe zram
modprobe ext4
modprobe brd rd_nr=1 rd_size=40960
echo 640M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
check "swap" swapon /dev/zram0

for k in $keeps; do
	for part in $parts; do
		bench_load 256M $k $part
		begin_load
		for size in $sizes; do
			pairs $k $size
			i=0
			while [ $i -lt "$reps" ]; do
				refill
				kernel_first=$((2 * i >= reps))
				measure B3 "" pair size=$size fill=95 fifo=1 wait_ms=500
				i=$((i + 1))
			done
		done
		measure move "" move count=256 reps=8 fifo=1
		diag "at last: $answer; MemFree $(meminfo MemFree) KiB, swap $(meminfo SwapFree) KiB free, $(oom_kills) killed for lack of memory"
		end_load
	done
done
bench_unload
finish
