# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# parameters - the module parameter regions= (DESIGN.md section 7): a text that
# is malformed, or asks for what is not there, keeps the module from loading,
# with the right errno, a sentence in the log that names rule and place, and
# nothing left behind; a good one gives the regions that it says, and one line
# of the log for each.
# Every rule is broken here, not in every way that there is: test/unit does that.
# What regions are for is not looked at; the other jobs do that.
#
# The sizes are those of units of 8 MiB, and nothing here differs between kernels of
# one architecture but reserve_mem=: two are enough.
#
# suite@6.1-armhf: trust
# kernels: *-armhf
# matrix: no
# timeout: 240
# cmdline: cma=144M
# cmdline@6.12-*|7-*: cma=144M reserve_mem=32M:8M:lcma reserve_mem=16M:8M:gpu reserve_mem=5M:1M:odd
# mem: 320M
# smp: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

dmesg -c >/dev/null

# refused REGIONS ERRNO SENTENCE: it does not load, for this errno, and the log
# says the sentence. Nothing is there afterwards.
load_refused()
{
	tap_what="refused: '$1'"
	said=$(load "$1" 2>&1)
	log=$(dmesg -c)
	case $said in
	"$2") ;;
	ok) rmmod lcma; fail "$tap_what" "it loads"; return ;;
	*) fail "$tap_what" "$said instead of $2"; return ;;
	esac
	case $log in
	*"lcma: "*"$3"*) ;;
	*) fail "$tap_what" "the log does not say '$3': $log"; return ;;
	esac
	if [ -e $dev ] || [ -e $sys ] || [ -e $debug ] ||
	   [ -e /sys/module/lcma ]; then
		fail "$tap_what" "it left something behind"
		return
	fi
	pass "$tap_what"
}

# malformed AT RULE REGIONS: refused at character AT for breaking RULE
malformed()
{
	malformed_rest=$3
	malformed_skip=$1
	while [ $((malformed_skip -= 1)) -gt 0 ]; do
		malformed_rest=${malformed_rest#?}
	done
	load_refused "$3" "EINVAL" \
		"regions=: $2, at character $1, here: \"$(printf %.40s "$malformed_rest")\""
}

# unknown POSITION WORD WHAT CHOICES REGIONS: the word is quoted, and those that
# are known are listed
unknown()
{
	load_refused "$5" "EINVAL" \
		"regions=: \"$2\" is no $3 (there are $4), at character $1"
}
sources="cma, reserve_mem, live, of"
options="keep=, align=, policy=, order=, heap=, wedge=, at=, below=, cache="

# variant: one more way to break a rule that was broken before. The parser is the
# same on every kernel, and a module that fails to load takes its time: these are
# for one kernel only.
variant()
{
	can_reserve_mem || malformed "$@"
}

name="NAME needs 1 to 31 of A-Z a-z 0-9 _ - . and begins with a letter or digit"
size="SIZE needs a number above 0, with K, M or G or nothing after it"
colon="NAME needs = and a SIZE after it"
keep="keep= needs a SIZE, LOW-HIGH, or all"
align="align= needs a power of two, as in align=1M"
order="order= needs a number from 0 to 30"

malformed 1 "$name" "=8M"
variant 1 "$name" ".hidden=8M@cma"
variant 1 "$name" "a b=8M@cma"
variant 1 "$name" "12345678901234567890123456789012=8M@cma"
variant 1 "$name" ";"
malformed 4 "$colon" "cam"
variant 4 "$colon" "cam@cma"
malformed 5 "$size" "cam="
variant 5 "$size" "cam=0"
variant 5 "$size" "cam=8X@cma"
variant 5 "$size" "cam=99999999999999999999@cma"
unknown 8 "" source "$sources" "cam=8M@"
can_reserve_mem || unknown 8 CMA source "$sources" "cam=8M@CMA"
unknown 8 dt source "$sources" "cam=8M@dt:x"
malformed 12 "this source takes nothing after a colon" "cam=8M@cma:x"
malformed 20 "this source needs a name after a colon" "cam=8M@reserve_mem:"
malformed 20 "name after the source needs 1 to 63 printable characters" \
	"cam=8M@reserve_mem:1234567890123456789012345678901234567890123456789012345678901234"
unknown 12 "" option "$options" "cam=8M@cma,"
unknown 12 nonsense option "$options" "cam=8M@cma,nonsense"
can_reserve_mem || unknown 21 "" option "$options" "cam=8M@cma,keep=all,,align=1M"
malformed 17 "$keep" "cam=8M@cma,keep="
variant 17 "$keep" "cam=8M@cma,keep=-4M"
variant 20 "$keep" "cam=8M@cma,keep=1M-all"
malformed 17 "keep=LOW-HIGH needs LOW no larger than HIGH" \
	"cam=8M@cma,keep=4M-2M"
malformed 18 "$align" "cam=8M@cma,align="
variant 18 "$align" "cam=8M@cma,align=3M"
unknown 19 best policy "cost, best-fit, first-fit" "cam=8M@cma,policy=best"
malformed 18 "$order" "cam=8M@cma,order="
variant 18 "$order" "cam=8M@cma,order=31"
malformed 17 "heap= needs 1 to 31 of A-Z a-z 0-9 _ - . and commas between names" \
	"cam=8M@cma,heap=a/b"
malformed 13 "two regions of one heap= name" "a=8M,heap=x;b=8M,heap=x"
malformed 21 "option given twice" "cam=8M@cma,keep=all,keep=all"
malformed 12 "$name" "cam=8M@cma;"
variant 12 "$name" "cam=8M@cma;;gpu=8M@cma"
malformed 12 "two regions of one name" "cam=8M@cma;cam=8M@cma"
variant 21 "two regions of one name" "a=8M@cma;cam=8M@cma;cam:16M"

sixteen="r0=8M@cma"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	sixteen="$sixteen;r$i=8M@cma"
done
most=$sixteen
for i in $(seq 16 63); do
	most="$most;r$i=8M@cma"
done
malformed $((${#most} + 2)) "too many regions" "$most;r64=8M@cma"

# --- hostile ---------------------------------------------------------------------

# Not what a person would write, but what may be passed: the answer is a
# refusal, whatever the rule that is broken first, and nothing else happens.

# repeated TEXT TIMES
repeated()
{
	awk -v text="$1" -v times="$2" 'BEGIN { while (times--) printf "%s", text }'
}

# hostile WHAT REGIONS: refused, with an errno of the parser's or of a source
hostile()
{
	said=$(load "$2" 2>&1)
	case $said in
	EINVAL | EFBIG | ENOSPC | ENODEV | EOPNOTSUPP | ENOENT | ERANGE) ;;
	*) fail "hostile: $1" "$said"; [ "$said" != ok ] || rmmod lcma; return ;;
	esac
	if [ -e $dev ] || [ -e $sys ] || [ -e $debug ] || [ -e /sys/module/lcma ]; then
		fail "hostile: $1" "it left something behind"
	else
		pass "hostile: $1 ($said)"
	fi
}

# The kernel itself refuses more than 1024 characters.
hostile "three thousand regions" "$(repeated 'a=8M@cma;' 3000)"
hostile "1025 characters" "$(repeated a 1018)=8M@cma"
hostile "a hundred regions" "$(repeated 'a=8M@cma;' 100)"
hostile "a name of 900 characters" "$(repeated a 900)=8M@cma"
hostile "900 semicolons" "$(repeated ';' 900)"
hostile "900 digits" "cam=$(repeated 9 900)"
hostile "900 zeros" "cam=$(repeated 0 900)M"
hostile "a hundred options" "cam=8M@cma$(repeated ',order=0' 100)"
hostile "a newline inside" "cam=8M
@cma"
hostile "a newline between regions" "cam=8M@cma
gpu=8M@cma"
hostile "two newlines at the end" "cam=8M@cma

"
hostile "a tab" "cam=8M	@cma"
hostile "a carriage return" "$(printf 'cam=8M@cma\r')"
hostile "a name in UTF-8" "$(printf 'k\303\244mera=8M@cma')"
hostile "bytes that are no UTF-8" "$(printf 'cam\377\376=8M@cma')"
hostile "control characters" "$(printf 'cam=8M@cma\001\033[31m')"
hostile "a format" "%s%n%x=8M@cma"
hostile "a path" "../../etc=8M@cma"
for number in -8M +8M 0x800000 1e6 8M8 8.5M 8T; do
	hostile "a size of $number" "cam=$number@cma"
done
# Sizes that are something else in 32 bits, in pages, or in bytes of 64.
for number in 4294967295 4294967296 4G 4194304K 4097G 16777215G 17179869183G 17179869184G \
	18014398509481983 18446744073709551615 18446744073709551616 18446744073709547520; do
	hostile "a size of $number" "cam=$number@cma"
done
hostile "sizes that are too much together" "a=4095M@cma;b=4095M@cma;c=4095M@cma"
hostile "an alignment of 2^63" "cam=8M@cma,align=8589934592G"
hostile "an alignment of 4G" "cam=8M@cma,align=4G"
hostile "an order of 2^32" "cam=8M@cma,order=4294967296"
hostile "an order of -1" "cam=8M@cma,order=-1"
hostile "keep from 2^64" "cam=8M@cma,keep=18446744073709551616"
hostile "names that differ in a blank" "cam=8M@cma;cam =8M@cma"
hostile "one name twice, far apart" "a=8M@cma;b=8M@cma;c=8M@cma;a=8M@cma"

# other PARAMETER: a value that no other parameter can have
other()
{
	insmod /lcma.ko "$1" 2>/dev/null
	if [ -e /sys/module/lcma ]; then
		rmmod lcma
		fail "hostile: $1" "it loads"
	else
		pass "hostile: $1"
	fi
}
other "quota_user_kib=-1"
other "quota_file_kib=$(repeated 9 40)"
other "drain_timeout_ms=-1"
other "drain_timeout_ms=4294967296"
other "phys_for_all=maybe"
dmesg -c >/dev/null

# --- well-formed, but not to be had --------------------------------------------

load_refused "cam=1G@cma" "ENOSPC" \
	"region cam: wants 1048576 KiB in one piece, the kernel's CMA area can give"
load_refused "cam=8388608G@cma" "EFBIG" "region cam:"
if can_reserve_mem; then
	load_refused "cam=8M@reserve_mem:nobody" "ENODEV" \
		"region cam: no reservation of the name nobody; put reserve_mem=8M:8M:nobody on the kernel command line"
	load_refused "cam=33M@reserve_mem" "ENOSPC" \
		"region cam: wants 33792 KiB, reservation lcma has 32768 KiB"
	load_refused "a=16M@reserve_mem:gpu;b=8M@reserve_mem:gpu" \
		"ENOSPC" "put reserve_mem=24M:8M:gpu on the kernel command line"
	load_refused "a=16M@cma;b=16M@reserve_mem:gpu;c=16M@reserve_mem:gpx" \
		"ENODEV" "region c: no reservation of the name gpx"
else
	load_refused "cam=8M@reserve_mem:gpu" "EOPNOTSUPP" \
		"region cam: reserve_mem= came with Linux 6.12; on this kernel use cma="
	load_refused "a=8M@cma;b=8M@reserve_mem" "EOPNOTSUPP" \
		"region b: reserve_mem= came with Linux 6.12"
fi

# Regions in which no buffer could ever be.
none="region cam: no buffer fits, with align= and order= as they are"
load_refused "cam=8M@cma,align=4G" "ENOSPC" "$none: 4 KiB at a multiple of 4194304 KiB, in 8192 KiB"
load_refused "cam=8M@cma,order=12" "ENOSPC" "$none: 16384 KiB at a multiple of 16384 KiB, in 8192 KiB"
load_refused "cam=8M@cma,order=30" "ENOSPC" "$none"

# --- what they left behind: nothing ---------------------------------------------

# expect_region NAME PAGES SOURCE KEEP
expect_region()
{
	region_info "$1"
	is "$nr_pages $source $keep" "$2 $3 $4" "region $1: $2 pages of $3, keep $4"
	is $((base % (unit * 4096))) 0 "region $1 begins on a unit"
	identity "$1" "region $1 adds up"
}

# loads REGIONS: it does; its log lines are in $log
loads()
{
	check "loads: '$1'" load "$1"
	log=$(dmesg -c)
}

# says_of NAME TEXT: exactly one line of the log is about the region; it says TEXT
says_of()
{
	lines=$(echo "$log" | grep -c "lcma: region $1:")
	case $lines/$log in
	1/*"lcma: region $1: $2"*) pass "one log line for region $1: '$2'" ;;
	*) fail "one log line for region $1: '$2'" "$log" ;;
	esac
}

unloads()
{
	check "unload" rmmod lcma
	dmesg -c >/dev/null
}

# The one unit of this area that is missing is the kernel's own (atomic_pool).
loads "whole=136M@cma"
expect_region whole 34816 cma 0-0
says_of whole "139264 KiB at $base from cma, zone $zone, unit 8192 KiB, keep 0 KiB; 139264 KiB were asked for, 0 KiB of the reservation lost to alignment"
whole_base=$base
unloads

loads "$sixteen"
is "$(echo "$log" | grep -c 'lcma: region r[0-9]*: 8192 KiB at 0x')" 16 \
	"sixteen regions, a line of the log for each"
is "$(find $debug -name info | wc -l)" 16 "sixteen in debugfs"
is "$(find $sys -name nr_pages | wc -l)" 16 "sixteen in sysfs"
is "$(cat $sys/*/base | sort | uniq | wc -l)" 16 "in sixteen places"
expect_region r0 2048 cma 0-0
expect_region r15 2048 cma 0-0
expect_write ok "8M region=r15" "the last of them serves"
expect_write ok "8M region=r0" "the first as well"
expect_write ENOSPC "4K region=r0" "each on its own"
unloads

loads "a=1M@cma;b:9M@cma,keep=all;c=16777217@cma,keep=4M;d=24M@cma,keep=1M-8M,align=64K,policy=first-fit,order=2"
expect_region a 2048 cma 0-0
says_of a "8192 KiB at $base from cma, zone $zone, unit 8192 KiB, keep 0 KiB; 1024 KiB were asked for"
expect_region b 4096 cma all
says_of b "16384 KiB at $base from cma, zone $zone, unit 8192 KiB, keep all (private); 9216 KiB were asked for"
expect_region c 6144 cma 1024-1024
says_of c "24576 KiB at $base from cma, zone $zone, unit 8192 KiB, keep 4096 KiB; 16384 KiB were asked for"
is "$pool" 1024 "keep=4M: so much is kept from the start"
expect_region d 6144 cma 256-2048
expect_write ok "1K region=d" "1 KiB of a region with order=2 and align=64K"
expect_write ok "1K region=d" "and another"
buffers d
word "$buffer" bytes
is "$word" 16384 "are four pages"
word "$buffer" phys
is $((word % 65536)) 0 "on a multiple of 64 KiB"
unloads

if can_reserve_mem; then
	loads "x=8M@cma;y=16M@reserve_mem:gpu,keep=all;z=12M@reserve_mem:lcma;auto=8M"
	expect_region x 2048 cma 0-0
	expect_region y 4096 reserve_mem:gpu all
	expect_region z 4096 reserve_mem:lcma 0-0
	says_of z "16384 KiB at $base from reserve_mem:lcma, zone $zone, unit 8192 KiB, keep 0 KiB; 12288 KiB were asked for"
	z_base=$base
	expect_region auto 2048 reserve_mem:lcma 0-0
	compare $((base)) -ne $((z_base)) "two regions of one reservation lie apart"
	for region in x y z auto; do
		expect_write ok "8M region=$region" "8 MiB of region $region"
	done
	unloads

	# Private regions are made of pages; others of whole units. A reservation
	# without a whole unit can only be private.
	loads "p=5M@reserve_mem:gpu,keep=all;q=11M@reserve_mem:gpu,keep=all;r=2M@reserve_mem:odd"
	is "$(echo "$log" | grep -c 'region r: has no whole unit, so it is private')" 1 \
		"the log says that a region without a whole unit is private"
	region_info p
	is "$nr_pages $keep $pool" "1280 all 1280" "5 MiB, private: not rounded up"
	region_info q
	is "$nr_pages $keep $pool" "2816 all 2816" "the other 11 MiB"
	region_info r
	is "$nr_pages $keep $pool" "512 all 512" "2 MiB without a whole unit"
	expect_write ok "2M region=r" "all of it"
	expect_write ok "11M region=q" "all of the others"
	expect_write ok "5M region=p"
	unloads
	loads "g=16M@reserve_mem:gpu;l=32M@reserve_mem"
	expect_region g 4096 reserve_mem:gpu 0-0
	expect_region l 8192 reserve_mem:lcma 0-0
	unloads
else
	loads "auto=8M"
	expect_region auto 2048 cma 0-0
	unloads
fi

# An empty text is the automatic choice, and a newline at the end is no mistake.
loads ""
check "an empty text is the automatic choice" test -d $debug/default
unloads
loads "nl=8M@cma
"
expect_region nl 2048 cma 0-0
unloads

loads "whole=136M@cma"
region_info whole
is "$base" "$whole_base" "after all this the whole area is there, where it was"
unloads

finish
