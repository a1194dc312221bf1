# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# bench.sh - what the jobs of the bench share (test/bench/run). Sourced after
# tap.sh. A measurement leaves the guest as a line `# bench {...}`; test/bench/report
# reads those lines, and all that is computed is computed there.

bench=/sys/kernel/debug/lcma_bench

# With -icount a nanosecond is a count of instructions; else of an emulator that
# shares its machine.
if [ -n "${lcma_icount-}" ]; then
	mode=icount
else
	mode=tcg$(nproc)
fi

# Regions that do not say what they keep: as lcma has it, not as tests do (tap.sh).
# shellcheck disable=SC2034	# for lcma_load
lcma_keep=default

# A bench waits no longer than it says (hands.sh).
# shellcheck disable=SC2034	# for wait_for
wait_slack=1

# of FULL QUICK: one of the two, in $of
of()
{
	of=$1
	[ -z "${lcma_quick-}" ] || of=$2
}

# The kernel that is measured: 6.1.
IFS=.- read -r major minor _ </proc/sys/kernel/osrelease
kernel=$major.$minor

# To look at one thing: lcma_keeps=0,8M lcma_parts=lower lcma_sizes=1,64 lcma_reps=4
# (lcma_each=, lcma_everies=, lcma_mib= for some jobs) on the kernel command line.
keeps=$(echo "${lcma_keeps:-0,default,8M}" | tr , ' ')

# sizes FULL QUICK, reps FULL QUICK: one of the two, or what was asked for; in $sizes,
# $reps
sizes()
{
	of "$@"
	sizes=$of
	[ -z "${lcma_sizes-}" ] || sizes=$(echo "$lcma_sizes" | tr , ' ')
}

reps()
{
	of "$@"
	reps=${lcma_reps:-$of}
}

# Every case is measured twice, half of the repetitions each time: with the region in
# the lower part of the area, and loaded anew in the upper part. Which page lies in
# which free block differs between the parts, and decides how long a small
# allocation takes. In the upper part the kernel is asked first where lcma was before.
parts=$(echo "${lcma_parts:-lower,upper}" | tr , ' ')

# single_pages: no huge pages from here on, where the kernel has them: what moving a
# page costs can be told for single ones only, and with them the kernel would keep four
# times as much memory free.
single_pages()
{
	huge=/sys/kernel/mm/transparent_hugepage/enabled
	[ ! -e $huge ] || echo never >$huge || bail_out "huge pages cannot be switched off"
}

# high_kib: of how much free memory on the system does not reclaim, in KiB
high_kib()
{
	page_size
	awk -v kib=$((page_bytes / 1024)) '$1 == "high" { pages += $2 }
		END { print pages * kib }' /proc/zoneinfo
}

# bench_load SIZE KEEP lower|upper: a region of that size in that part of the kernel's
# area; sets $keep, $where, in $kernel_first whether the kernel has the first call (1)
# or lcma has it (0), in $idle how many pages its pool has after some time without
# a request, and the first page frames of both sides' parts, $lcma_pfn and $kernel_pfn,
# with $part_pages each
bench_load()
{
	keep=$2
	where=$3
	kernel_first=0
	[ $where = lower ] || kernel_first=1
	bench_unload
	case $keep in
	default) bench_region=bench=$1@cma ;;
	wedge) bench_region=bench=$1@cma,keep=0,wedge=1 ;;
	*) bench_region=bench=$1@cma,keep=$keep ;;
	esac
	if [ $where = upper ]; then
		insmod /test/kmod/lcma_testkit.ko &&
		echo "alloc $((${1%M} * 1048576))" >/sys/kernel/debug/lcma_testkit/neighbour ||
			bail_out "the lower part cannot be kept from lcma"
	fi
	lcma_load "$bench_region" || bail_out "lcma does not load: $bench_region"
	[ $where = lower ] || rmmod lcma_testkit
	insmod /test/kmod/lcma_bench.ko ||
		bail_out "the other half is not the kernel's: $bench_region"
	idle=$(cat $sys/bench/keep_low)
	read -r lcma_pfn kernel_pfn part_pages <$bench/result
	# The first page of each unit stays in the pool, beside what keep= allows.
	[ $keep != wedge ] || idle=$((idle + part_pages / $(lcma_info bench unit_pages)))
	diag "$bench_region at $lcma_pfn, the kernel's at $kernel_pfn: the pool keeps $idle to $(cat $sys/bench/keep_high) pages, decays in $(cat $sys/bench/decay_ms) ms"
	# The module has looked: as large, in the same zone of the same area.
	pass "keep=$keep, $where: half of the area is the region, half is the kernel's"
}

bench_unload()
{
	rmmod lcma_bench 2>/dev/null
	lcma_unload
}

# measure CASE EXTRA WORDS...: one measurement; EXTRA is `"key":value,` or nothing
measure()
{
	measure_case=$1
	measure_extra=$2
	shift 2
	if ! echo "$*" swap=$kernel_first >$bench/run; then
		fail "$measure_case, keep=$keep, $where: $*"
		return
	fi
	pass "$measure_case, keep=$keep, $where: $*"
	tell "$measure_case" "$measure_extra$(cat $bench/result)"
}

# tell CASE MEMBERS: a measurement leaves the guest
tell()
{
	printf '# bench {"case":"%s","kernel":"%s","keep":"%s","mode":"%s","where":"%s",%s}\n' \
		"$1" "$kernel" "$keep" "$mode" "${where-}" "$2"
}
