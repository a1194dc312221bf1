# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# caches.sh - kprobes on the kernel's cache maintenance, for cache_calls.h; and
# lcma_caches with them. Sourced after tap.sh.

# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

tracing=/sys/kernel/debug/tracing

# watch_caches: from here on each call is written to the trace
watch_caches()
{
	[ -e $tracing/kprobe_events ] || skip_all "this kernel has no kprobes"
	case $(uname -m) in
	aarch64) cache_args='phys=%x0:x64 len=%x1:u64 dir=%x2:u32' ;;
	*) cache_args='phys=%r0:x32 len=%r1:u32 dir=%r2:u32' ;;
	esac
	echo 16384 >$tracing/buffer_size_kb
	{
		echo "p:lcma_for_device arch_sync_dma_for_device $cache_args" &&
		echo "p:lcma_for_cpu arch_sync_dma_for_cpu $cache_args"
	} >$tracing/kprobe_events || bail_out "no kprobes on cache maintenance"
	echo 1 >$tracing/events/kprobes/enable || bail_out "no kprobes"
}

unwatch_caches()
{
	echo 0 >$tracing/events/kprobes/enable
	echo >$tracing/kprobe_events
	echo >$tracing/trace
}

run_caches()
{
	watch_caches
	lcma_load "shared=16M@cma,keep=0;private=8M@cma,keep=all;between=16M@cma,keep=0" ||
		bail_out "lcma does not load"
	insmod /test/kmod/lcma_apitest.ko || bail_out "the client does not load"
	run_program lcma_caches
	check "the client is unloaded" rmmod lcma_apitest
	check "lcma is unloaded" lcma_unload
	unwatch_caches
}
