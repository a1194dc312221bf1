# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench_pressure - B3 of the bench: stress-ng has filled memory, and some of it fills
# it anew all the time, anonymous memory and files; allocations of 1 to 16384 pages,
# beside the kernel's CMA. The caller has real-time priority, so that what is
# measured is the allocation, not the queue for the CPU. Half of the repetitions
# are made with the sides' parts exchanged. Proves nothing by itself;
# test/bench/report says what it comes to.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=520M
# timeout: 1200
# modules: zram ext4 crc32c_generic brd
# programs: stress-ng mke2fs

. /test/tap.sh
. /test/hands.inc.sh
. /test/bench.inc.sh

sizes "1 4 16 64 256 1024 4096 8192 16384" "1 64 1024 8192"
reps 16 4

churn_mib=160
free_mib=56

has()
{
	[ -x /test/bin/"$1" ]
}

# Files on a disk that is memory, and somewhere to go for what does not fit.
prepare()
{
	echo 192M >/sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null &&
		swapon /dev/zram0 || return
	/test/bin/mke2fs -q -t ext4 -F /dev/ram0 && mkdir -p /disk &&
		mount -t ext4 /dev/ram0 /disk
}

in_use_percent()
{
	echo $((100 * $(lcma_info bench system_pages) / part_pages))
}

is_full()
{
	[ "$(in_use_percent)" -ge 85 ]
}

# begin_load: most of memory to who keeps it, some of it to who does not
begin_load()
{
	keep_mib=$(($(meminfo MemFree) / 1024 - churn_mib - free_mib))
	/test/bin/stress-ng --vm 4 --vm-bytes ${keep_mib}M --vm-hang 0 \
		--vm-method write64 --vm-populate \
		--oomable >/dev/null 2>&1 &
	keeper=$!
	/test/bin/stress-ng --vm 4 --vm-bytes ${churn_mib}M \
		--vm-method write64 --vm-populate --hdd 1 \
		--hdd-bytes 24M --temp-path /disk --oomable >/dev/null 2>&1 &
	churner=$!
	wait_for 60000 is_full || diag "not full after a minute"
	diag "in use: $(in_use_percent) % of the region, MemFree $(meminfo MemFree) KiB, swap: $(meminfo SwapFree) KiB free"
}

end_load()
{
	kill $churner $keeper 2>/dev/null
	wait $churner $keeper 2>/dev/null
	# Its workers end by themselves, each when it has seen it.
	wait_for 20000 no_stress || killall -9 stress-ng 2>/dev/null
	echo 3 >/proc/sys/vm/drop_caches
}

no_stress()
{
	! pidof stress-ng
}

has stress-ng && has mke2fs || skip_all "stress-ng or mke2fs was not fetched"
modprobe zram
modprobe crc32c_generic
modprobe ext4
modprobe brd rd_nr=1 rd_size=40960
check "a disk and swap" prepare

for k in $keeps; do
	for where in lower upper; do
		bench_load 256M $k $where
		begin_load
		for size in $sizes; do
			measure B3 "\"where\":\"$where\"," pair size=$size \
				reps=$reps fill=85 fifo=1 wait_ms=3000
		done
		measure move "" move count=256 reps=8 fifo=1
		end_load
	done
done
bench_unload
finish
