# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# sources - a small CMA area, as the 16 MiB are that Debian's armhf kernels have by
# default: plain modprobe takes half of it, and says what the kernel has left; what does
# not fit is refused with the cma= to write; a region begins at a multiple of its align=,
# or is refused for that. What is said without any area: noarea. Only where the command
# line can be known (a device tree) can a message quote it.
#
# cmdline: cma=16M
# kernels: *-armhf

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# said PATTERN DESCRIPTION: in the log since the last time
said()
{
	matches "$(dmesg -c)" "$@"
}

dmesg -c >/dev/null
total=$(meminfo CmaTotal)
check "plain load in an area of two units" lcma_load
region_info default
is "$nr_pages" $((total / 8)) "it takes half of the area"
said "lcma: $((total / 2)) KiB of the kernel's CMA are left for its own users; for what cannot be moved the kernel has [0-9]+ KiB outside CMA, [0-9]+ KiB of them free" \
	"and says what the kernel has left"
is "$(lcma_info default kernel_cma_pages)" $((total / 8)) "which stands in info, too"
fixed=$(lcma_info default kernel_fixed_pages)
free=$(lcma_info default kernel_fixed_free_pages)
compare "$free" -lt "$fixed" "some of what is outside CMA is free"
compare "$fixed" -lt $(($(meminfo MemTotal) / 4)) "and all of it is less than the system has"
n=0
while [ "$(lcma_try 2304K)" = ok ]; do n=$((n + 1)); done
is $n 3 "it serves three tensors of 2304 KiB"
lcma_free_all
check "unload" lcma_unload

# refused REGIONS PATTERN
load_refused()
{
	dmesg -c >/dev/null
	is "$(load "$1")" ENOSPC "'$1' is refused"
	said "$2" "for what it would take"
}
# The kernel's own users may hold a page of one unit for good.
dmesg -c >/dev/null
is "$(load "a=32M@cma")" ENOSPC "'a=32M@cma' is refused"
log=$(dmesg -c)
given=$(echo "$log" | sed -n 's/.*can give \([0-9]*\) KiB now.*/\1/p')
compare "${given:-0}" -ge 8192 "the area can give a unit or two"
place="on the kernel command line in place of cma=16M$"
matches "$log" "region a: wants 32768 KiB in one piece, the kernel's CMA area can give $given KiB now \\(in units of 8192 KiB, on their edges\\); put cma=$((16 + 32 - given / 1024))M $place" \
	"with the whole value to write"
load_refused "a=${given}K@cma;b=8M@cma" "region b: wants 8192 KiB in one piece, the kernel's CMA area can give 0 KiB now .*: others hold it; put cma=24M $place"
load_refused "a=8G@cma" "region a: wants 8388608 KiB .*; ask for less: the machine has no more than [0-9]+ MiB of memory in all$"

# A buffer of the region's own size, aligned as all of its buffers are.
for align in 8M 16M; do
	dmesg -c >/dev/null
	case $(load "a=$align@cma,align=$align") in
	ok)
		region_info a
		is $((base % (${align%M} * 1048576))) 0 "a region of $align begins on its align=$align"
		expect_write ok "$align region=a" "and is one buffer"
		lcma_free >/dev/null
		check "unload" lcma_unload
		;;
	ENOSPC)
		pass "a region of $align on align=$align is refused"
		said "region a: wants $((${align%M} * 1024)) KiB in one piece at a multiple of $((${align%M} * 1024)) KiB, .*; put cma=[0-9]+M on the kernel command line in place of cma=16M$" \
			"for its alignment"
		;;
	*)
		fail "a region of $align on align=$align"
		;;
	esac
done

finish
