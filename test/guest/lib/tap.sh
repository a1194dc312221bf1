# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# tap.sh - what test jobs share: results as TAP, and hands for lcma.
#
# A job is a file test/guest/jobs/NAME.sh that runs in a guest under busybox sh:
#
#	# One line that says what is proved, and one what cannot be.
#	#
#	# cmdline: cma=96M			(default; what the kernel is told)
#	# cmdline@6.12-*|7-*: cma=96M reserve_mem=32M:8M:lcma	(on those kernels)
#	# mem: 512M	# smp: 2	# timeout: 120		(defaults)
#	# kernels: *-armhf 7-arm64		(default: all that boot)
#	# smp@6.12-armhf: 1	(flushing the TLB of one CPU costs QEMU next to
#				nothing, of two it is a third of some jobs: so where
#				it does not matter to the job, on one of the kernels)
#	# kernels@6.12-amd64: *			(one without CONFIG_CMA must be named)
#	# matrix: no				(only in make check, see test/check-matrix)
#	# boot: always				(default: restored, see qemu/launch)
#	# pages: poison owner			(a debug kernel poisons free pages, and notes their owners)
#	# icount: 3				(time is a count of instructions, see qemu/launch)
#	# wide: 6.12-arm64 6.12-amd64		(runs there in CI as well, see test/check-wide)
#	# suite: trust				(default: check, see qemu/run-tests)
#	# suite@6.1-armhf: trust		(check on 6.12 only; this kernel's turn is in check-trust)
#	# expected: page allocation failure	(no splat: what the job brings about)
#	# modules: zram				(stock modules for modprobe)
#	# programs: v4l2-ctl			(of Debian packages; may be missing)
#	# packages: bpftrace			(which ones, where they are too large for
#				all guests; such a job names its kernels)
#	# overlay: test/guest/data/of.dtso	(what the device tree has besides: qemu/devicetree)
#	# display: yes				(what it shows can be asked for, on a vexpress-a9: display.sh)
#	# qemu: -machine iommu=smmuv3		(more words for QEMU, of the machine that the job has)
#	# data: test/guest/data/x.bin		(files of this tree; in the guest they are
#				in /test/data)
#
#	. /test/lib/tap.sh
#	lcma_load
#	expect_write ok 4096 "4 MiB"
#	is "$(lcma_info default used_pages)" 1024 "counted as used"
#	lcma_unload
#	finish
#
# (One key a line; the keys must stand in the comment block at the top.)
# /dev/urandom blocks for 10 to 20 s in a guest (no source of entropy): use seq.
# Every result is reported from the main shell: a function called in $( ) or behind a pipe
# counts in a process of its own. Ends with `finish`, or the run has failed.

tap_count=0
tap_failed=0
tap_planned=
dev=/dev/cma_test
debug=/sys/kernel/debug/lcma
# shellcheck disable=SC2034	# for the job that sources this file
sys=/sys/kernel/lcma

# --- results -------------------------------------------------------------------

echo "KTAP version 1"

# plan N: at the start, where the number is known; else finish counts.
plan()
{
	tap_planned=$1
	echo "1..$1"
}

diag()
{
	while IFS= read -r tap_line; do
		printf '# %s\n' "$tap_line"
	done <<-end
		$*
	end
}

pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

# fail DESCRIPTION [WHY...]
fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	[ $# -gt 1 ] && diag "$2"
	echo "not ok $tap_count - $1"
}

# skip DESCRIPTION REASON: counted and shown, neither passed nor failed.
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# skip_all REASON: nothing here can be tested on this kernel.
skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

bail_out()
{
	echo "Bail out! $*"
	exit 1
}

finish()
{
	[ -n "$tap_planned" ] || echo "1..$tap_count"
	diag "$(sed -n 's/^processes //p' /proc/stat) processes, $(cut -d' ' -f1 /proc/uptime) s"
	[ "$tap_failed" = 0 ]
	exit
}

# is GOT WANTED DESCRIPTION
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" "got '$1', wanted '$2'"
	fi
}

# compare A OP B DESCRIPTION, with OP one of test's -lt -le -eq -ne -ge -gt
compare()
{
	if test "$1" "$2" "$3"; then
		pass "$4"
	else
		fail "$4" "'$1' is not $2 '$3'"
	fi
}

# check DESCRIPTION COMMAND...: passes if the command does; shows its output
# if not.
check()
{
	tap_what=$1
	shift
	if tap_output=$("$@" 2>&1); then
		pass "$tap_what"
	else
		fail "$tap_what" "$*: status $?: $tap_output"
	fi
}

# has_match TEXT PATTERN: an extended regular expression, in one of the lines. (A
# process costs an emulated guest ten milliseconds and more: one line needs none.)
tap_newline='
'
has_match()
{
	# shellcheck disable=SC3010,SC2076	# busybox, where quotes change nothing
	case $1 in
	*"$tap_newline"*) printf '%s\n' "$1" | grep -qE -e "$2" ;;
	*) [[ "$1" =~ "$2" ]] ;;
	esac
}

# matches TEXT PATTERN DESCRIPTION
matches()
{
	if has_match "$1" "$2"; then
		pass "$3"
	else
		fail "$3" "no match for '$2' in '$1'"
	fi
}

# --- lcma ----------------------------------------------------------------------

# lcma_load [REGIONS]: quiet; the exit status tells, dmesg knows why. REGIONS
# reaches the kernel in the quotes that keep blanks in one parameter; a text
# with a quote in it cannot be passed. A kernel with a time scale
# (qemu/kernels.txt) gets as much more time to take pages back. Jobs count pages:
# regions keep nothing unless they say so. A job, or the kernel command line, can
# set $lcma_keep to something else ("default" is lcma's own default).
: "${lcma_keep:=0}"
export lcma_keep
lcma_load()
{
	lcma_load_keep=default_keep=$lcma_keep
	[ "$lcma_keep" != default ] || lcma_load_keep=
	insmod /lcma.ko ${1:+"regions=\"$1\""} $lcma_load_keep \
		${lcma_scale:+drain_timeout_ms=$((10000 * lcma_scale))} 2>/dev/null
}

lcma_unload()
{
	rmmod lcma 2>/dev/null
}

# lcma_info REGION KEY: a value of the region's info file
lcma_info()
{
	sed -n "s/^$2:[[:space:]]*//p" "$debug/$1/info"
}

# lcma_buffers [REGION]: how many buffers are held, there or anywhere
lcma_buffers()
{
	# shellcheck disable=SC2086	# the star has to be one
	cat "$debug"/${1:-*}/buffers | wc -l
}

# field LINE KEY: the value of KEY=value in a line of words
field()
{
	set -f
	for tap_word in $1; do
		case $tap_word in
		"$2="*) printf '%s\n' "${tap_word#*=}"; break ;;
		esac
	done
	set +f
}

# lcma_try LINE: writes it to the device; prints ok or the errno's name
lcma_try()
{
	tap_output=$(lcma_write "$1")
	printf '%s\n' "${tap_output%% *}"
}

# expect_write WANTED LINE [DESCRIPTION]: WANTED is ok or an errno name, or
# several with | between. Leaves the milliseconds in $write_ms.
expect_write()
{
	tap_what=${3:-"write of '$2': $1"}
	tap_output=$(lcma_write "$2")
	# shellcheck disable=SC2034	# for the job that sources this file
	write_ms=${tap_output#* }
	case "|$1|" in
	*"|${tap_output%% *}|"*) pass "$tap_what" ;;
	*) fail "$tap_what" "'$2': got $tap_output ms, wanted $1" ;;
	esac
}

# lcma_free: one cat; prints what it freed, nothing if there was nothing
lcma_free()
{
	cat $dev
}

lcma_free_all()
{
	while read -r _ <$dev; do :; done
}

# --- chance ---------------------------------------------------------------------

# seed: a number for what is drawn at random, in $seed. Another one for every
# run; lcma_seed=N on the kernel command line repeats a run. (Of a UUID, because
# the first read of /dev/urandom waits ten seconds for entropy.)
seed()
{
	read -r seed </proc/sys/kernel/random/uuid
	# shellcheck disable=SC2154	# from the kernel command line
	seed=${lcma_seed:-$((0x${seed%%-*} & 0xffff))}
	diag "seed $seed (again with: --cmdline lcma_seed=$seed)"
}

# --- the kernel -------------------------------------------------------------------

# meminfo KEY: a value of /proc/meminfo, in KiB
meminfo()
{
	awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo
}

# page_size: sets $page_bytes, of a page of this kernel
page_size()
{
	page_bytes=4096
	while read -r tap_key tap_value _; do
		[ "$tap_key" != KernelPageSize: ] || { page_bytes=$((tap_value * 1024)); break; }
	done </proc/self/smaps
}

# log_mark, log_since: the kernel log from a point on
log_mark()
{
	tap_mark="tap-mark-$$-$tap_count-$(cut -d' ' -f1 /proc/uptime)"
	echo "<7>$tap_mark" >/dev/kmsg
}

log_since()
{
	dmesg | sed "1,/$tap_mark/d"
}

# can_reserve_mem: does this kernel know reserve_mem= (6.12 and later)? Its
# version tells; to look for the symbol takes half a second each time.
can_reserve_mem()
{
	IFS=.- read -r tap_major tap_minor _ </proc/sys/kernel/osrelease
	[ "$tap_major" -gt 6 ] || { [ "$tap_major" = 6 ] && [ "$tap_minor" -ge 12 ]; }
}

# frees_blocks: does lcma free in blocks here (src/compat/contig.h)? Not with
# CONFIG_PAGE_OWNER.
frees_blocks()
{
	! grep -q ' __reset_page_owner$' /proc/kallsyms
}

# can_cma: does this kernel have CONFIG_CMA?
can_cma()
{
	grep -q ' cma_alloc$' /proc/kallsyms
}
