# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# text - /dev/cma_test does what DESIGN.md section 5 says, word for word: what a
# line means, which errno a bad one gets, what a read frees and answers, and
# that a call that fails holds nothing and loses nothing.
# It cannot show that a buffer's memory is zero, nor that its pages were touched:
# a program does not see the memory of a text buffer.
#
# suite@6.1-armhf: trust
# timeout: 240
# cmdline: cma=96M
# mem: 256M
# smp@6.12-armhf: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

# says WANTED DESCRIPTION STEP...: textfile's answer to the steps
says()
{
	tap_wanted=$1
	tap_what=$2
	shift 2
	is "$(textfile "$@" 2>&1)" "$tap_wanted" "$tap_what"
}

# last VALUES DESCRIPTION: bytes, align and label of main's youngest buffer
newest_is()
{
	buffers main
	word "$buffer" bytes
	values=$word
	word "$buffer" align
	values="$values $word"
	word "$buffer" label
	is "$values $word" "$1" "$2"
}

# holds BUFFERS PAGES PAGES DESCRIPTION: in both, in main, in all
holds()
{
	region_info all
	all_used=$used
	buffers all
	all_buffers=$nr_buffers
	region_info main
	buffers main
	is "$((nr_buffers + all_buffers)) $used $all_used" "$1 $2 $3" "$4"
}

# frees SLOT BYTES REGION LABEL DESCRIPTION: what one cat frees
frees()
{
	read -r freed <$dev
	case $freed in
	"freed slot=$1 bytes=$2 phys=0x"*" region=$3 label=$4 held_ms="*) pass "$5" ;;
	*) fail "$5" "'$freed' is not slot=$1 bytes=$2 region=$3 label=$4" ;;
	esac
}

# puts LINE [DESCRIPTION]: echo, which has to succeed
puts()
{
	if echo "$1" >$dev; then
		pass "${2:-echo $1}"
	else
		fail "${2:-echo $1}" "the write failed"
	fi
}

# free_all: without a process for each
free_all()
{
	while read -r freed <$dev; do :; done
}

# bad STEP...: every one of them is EINVAL
bad()
{
	answers=$(textfile "$@" 2>&1)
	for step in "$@"; do
		is "${answers%% *}" EINVAL "EINVAL: $step"
		answers=${answers#* }
	done
}

check "load" lcma_load "main=64M@cma;all=8M@cma,keep=all"
says ok "the device opens" open=rw
check "it is a character device" test -c $dev

# --- slots --------------------------------------------------------------------

is "$(cat $dev)" "" "nothing to free: end of file at once"
for i in 0 1 2 3 4 5 6 7 8 9; do
	puts 0 "slot $i"
	newest_is "$(((i + 1) * 1048576)) 4096 -" "slot $i is $((i + 1)) MiB"
done
says "ENOSPC ENOSPC ENOSPC" "the eleventh: 0, an empty line, 0 alone" \
	'write=0\n' 'write=\n' write=0
holds 10 14080 0 "it holds nothing"
frees 0 1048576 main - "a read frees the lowest slot"
frees 1 2097152 main - "the next read frees the next slot"
holds 8 13312 0 "each read freed one"
puts "" "an empty line is a slot"
newest_is "1048576 4096 -" "the lowest that is free"
says 1 "0 without a newline" write=0
newest_is "2097152 4096 -" "is the next slot"
puts "64 label=one" "a sized buffer beside the slots"
puts "128 label=two" "another"
frees 0 1048576 main - "slots are freed before sized buffers"
puts "0 " "0 and a blank"
newest_is "1048576 4096 -" "is slot 0, for it was free"
for i in 0 1 2 3 4 5 6 7 8 9; do
	frees $i $(((i + 1) * 1048576)) main - "slot $i is freed in its turn"
done
frees - 65536 main one "then the oldest sized buffer"
puts "4K label=three" "a third sized buffer"
frees - 131072 main two "then the second oldest"
frees - 4096 main three "then the youngest"
is "$(cat $dev)" "" "then nothing"
holds 0 0 0 "nothing is held"

# --- sizes --------------------------------------------------------------------

while read -r line bytes; do
	puts "$line" "size $line"
	newest_is "$bytes 4096 -" "is $bytes bytes"
	free_all
done <<-END
	4096 4194304
	4 4096
	1 4096
	5 8192
	1K 4096
	12K 12288
	3M 3145728
	65536 67108864
END
expect_write EFBIG 65537 "1 KiB more than the region"
says "EFBIG EFBIG EFBIG EFBIG" "more than the region, by far" write=65M \
	write=1G write=99999999999999999999 'write=9M region=all'
holds 0 0 0 "nothing is held"

# --- options ------------------------------------------------------------------

for size in 64K 256K 1M 2M 8M 16M; do
	# In front of each an odd buffer, so that alignment does not come free.
	puts 12K "an odd buffer"
	puts "20K align=$size label=to-$size" "align=$size"
	bytes_of $size
	newest_is "20480 $bytes to-$size" "is listed so"
	word "$buffer" phys
	is $((word % bytes)) 0 "and $word is a multiple of $size"
done
puts "4K align=1024" "a bare alignment"
newest_is "4096 1048576 -" "is in KiB"
puts "4K align=1K" "less than a page of alignment"
newest_is "4096 4096 -" "is a page of alignment"
says "ENOSPC ENOSPC" "what no run is: aligned to 1G; the whole, partly used" \
	'write=4K align=1G' 'write=64M align=8M'
free_all
puts "56M align=8M" "most of the region, aligned"
free_all
holds 0 0 0 "nothing is held"

puts "1M region=all label=here" "region="
holds 1 0 256 "the region that was named has it"
frees - 1048576 all here "and is named when it is freed"
says "ENOENT ENOENT" "regions that are not there" 'write=1M region=al' \
	'write=1M region=main2'
wait_for 20000 all_zero all	# or the next ones stand where it is already
puts "1M nowait region=all" "nowait, from a pool"
expect_write EAGAIN "1M nowait region=main" "nowait, where there is no pool"
puts "1M nowait" "nowait in any region takes one with a pool"
holds 2 0 512 "there it is"
puts "6M nowait region=all" "nowait, up to the last page"
says "ENOSPC EFBIG" "nowait, in a full region, and larger than every region" \
	'write=4K nowait region=all' 'write=65M nowait'
holds 3 0 2048 "nothing came of these"
expect_write ok "1M timeout=60000" "timeout=, not reached"
# shellcheck disable=SC2154	# expect_write's
compare "$write_ms" -lt 30000 "and not waited for"
free_all
longest=1234567890123456789012345678901
puts "4K label=$longest" "a label of 31 characters"
frees - 4096 main $longest "is kept whole"
puts "2M timeout=5000 label=a=b;c align=256K region=main" \
	"all options, in another order"
newest_is "2097152 262144 a=b;c" "all of them count"
frees - 2097152 main "a=b;c" "and it is freed under its label"
says 2 "a sized line without a newline" write=4K
frees - 4096 main - "is a line, too"

# --- malformed lines ----------------------------------------------------------

log_mark
bad 'write=x' 'write=-1' 'write=+4' 'write=0x10' 'write=4.5M' 'write=4MB' \
	'write=4 M' 'write=M' 'write=4T' 'write=00' 'write=0K' 'write=4,5' \
	'write=4K;' 'write=#'
bad 'write=4K align' 'write=4K align=' 'write=4K align=0' 'write=4K align=3K' \
	'write=4K align=x' 'write=4K align=-4K' 'write=4K align=4K,' \
	'write=4K align=4K align=4K' 'write=4K ALIGN=4K'
bad 'write=4K region=' 'write=4K region=no/name' \
	'write=4K region=12345678901234567890123456789012' \
	'write=4K region=main region=main'
bad 'write=4K label=' "write=4K label=${longest}2" 'write=4K label=a label=b' \
	'write=4K label=a b'
bad 'write=4K timeout=' 'write=4K timeout=0' 'write=4K timeout=-1' \
	'write=4K timeout=1s' 'write=4K timeout=4294967296' \
	'write=4K timeout=1 timeout=1'
bad 'write=4K now' 'write=4K nowait=1' 'write=4K nowait nowait' \
	'write=4K nowaitlabel=x' 'write=label=x' 'write=4Klabel=x'
bad 'write=0 label=x' 'write=0 nowait' 'write=0 0' 'write= label=x'
bad 'write=4K\n\n' 'write=4K\n4K\n' 'write=0\n0\n' 'write=\n4K' 'write=4K\nx' \
	'write=\n\n' 'write=4K\n '
bad 'write=\0' 'write=4K\0' 'write=4\0K' 'write=0\0' 'write=4K label=a\0b' \
	'write=4K\n\0' 'write=4K\0\n'
bad fill=257 fill=4096 fill=65536
pad=$(printf '%253s' '')
says "EFBIG 256 EINVAL" "256 digits, a line of 256 bytes, and one of 257" \
	fill=256 "write=4K$pad\\n" "write=4K$pad \\n"
free_all
holds 0 0 0 "a line that was refused holds nothing"

# One call is one line, in however many pieces; what has no end is refused.
says 27 "a line in five pieces" "pieces=1|2K |label=pieces| align=64K|\\n"
newest_is "12288 65536 pieces" "is one line"
says "2 EINVAL" "two lines in one writev are no line" "pieces=8|K" "pieces=4K\\n|8K\\n"
holds 2 5 0 "nothing came of the second"
says "EINVAL EINVAL EINVAL" "sendfile and splice, to the device and from it" \
	"send=4K\\n" "splice=4K\\n" spliceout=64
holds 2 5 0 "nothing came of them, and nothing was freed"
free_all
matches "$(log_since)" "lcma: /dev/cma_test: SIZE needs" \
	"the log says what was wrong"

# --- reads --------------------------------------------------------------------

# What a read answers, whole.
line='freed slot=- bytes=8192 phys=0x[0-9a-f]+ region=main label=x held_ms=[0-9]+\\n'
two()
{
	free_all
	echo "8K label=x" >$dev
	echo "8K label=y" >$dev
}

two
matches "$(textfile drain read=100 read=100 2>&1)" "^\"$line\" \"\" \"\"$" \
	"byte by byte up to the end of file"
holds 1 2 0 "and one buffer was freed"
two
matches "$(textfile read=0 read=0 read=5 read=0 read=4000)" \
	"^\"\" \"\" \"freed\" \"\" \"${line#freed}\"$" \
	"a read of 0 bytes reads nothing"
two
textfile open=r read=0 close open=r close open=w close open=rw close >/dev/null
holds 2 4 0 "and frees nothing; nor does opening"
says "ok ok EBADF EBADF ESPIPE" "a file is what it was opened as" \
	0:open=r 1:open=w 0:write=4K 1:read=10 0:seek
holds 2 4 0 "and nothing came of it"

two
matches "$(textfile 0:open=r 1:open=r 0:read=12 1:read=12 0:read=4000 \
	1:read=4000 0:read=10 1:read=10)" \
	"^ok ok \"freed slot=-\" \"freed slot=-\" \" bytes=.*label=x .*\" \" bytes=.*label=y .*\" \"\" \"\"$" \
	"two open files: each frees one, each reads its own line"
holds 0 0 0 "both are freed"
matches "$(textfile 'write=8K label=x' 'write=8K label=y' drain \
	'write=8K label=z' drain)" "^[0-9]+ [0-9]+ \"$line\" [0-9]+ \"\"$" \
	"one file for both: it writes on, but its second read frees nothing"
frees - 8192 main y "the next file goes on with the next buffer"
frees - 8192 main z "and the next"
matches "$(textfile read=10 'write=8K label=x' read=100 close read=100)" \
	"^\"\" [0-9]+ \"\" ok \"$line\"$" \
	"the first read freed nothing: the file is still at its end"

# --- bad addresses ------------------------------------------------------------

says "EFAULT EFAULT EFAULT 2" "writes from a bad address, then a good one" \
	writebad=1 writebad=200 writebad=256 write=4K
holds 1 1 0 "hold what the good one asked for"
two
matches "$(textfile readbad=10 readbad=4000 read=4000 read=10)" \
	"^EFAULT EFAULT \"$line\" \"\"$" \
	"a read to a bad address, then to a good one: the line is there"
holds 1 2 0 "and one buffer was freed"
two
# How much of the good part is filled is the kernel's to choose.
answer=$(textfile readedge=7,100 readedge=0,10 read=1000)
answer=$(echo "$answer" | sed 's/ EFAULT / /; s/" "//g')
matches "$answer" "^\"$line\"$" \
	"a read across the edge of good memory: no byte lost, none twice"
free_all
says '0 EFAULT 0 ""' "a write of 0 bytes is none, end of file touches nothing" \
	write= writebad=1 readbad=10 read=10
holds 0 0 0 "nothing is held"

# --- several at once ----------------------------------------------------------

seed
answer=$(textfile storm 4 50 "$seed")
diag "$answer"
word "$answer" ok
ok=$word
word "$answer" freed
freed=$word
compare "$ok" -gt 50 "four processes write and read: buffers were had"
compare "$freed" -gt 30 "and freed"
is "$(lcma_buffers)" $((ok - freed)) "what is not freed is listed"
listed=$(cat $debug/*/buffers | tr ' ' '\n' |
	awk -F= '$1 == "bytes" { n += $2 } END { print n / 4096 }')
identity all "the private region adds up"
all_used=$used
identity main "the other one, too"
is $((used + all_used)) "$listed" "used is the sum of the listed buffers"
is "$(echo "$answer" | grep -o 'E[A-Z0-9]*=' | grep -v ENOSPC)" "" \
	"no error but ENOSPC"
free_all

# One slot for each: no slot is given twice.
answer=$(textfile storm 4 40 "$seed" 0)
diag "slots: $answer"
is "$(echo "$answer" | grep -o 'E[A-Z0-9]*=' | grep -v ENOSPC)" "" \
	"slots, four processes: no error but ENOSPC"
sizes=
slots=
while read -r freed <$dev; do
	word "$freed" slot
	slots="$slots $word"
	word "$freed" bytes
	sizes="$sizes $((word / 1048576 - 1))"
done
is "$sizes" "$slots" "every slot has its own size"
is "$(echo "$slots" | tr ' ' '\n' | sort | uniq -d)" "" "no slot is there twice"
holds 0 0 0 "nothing is held"

# --- unloading ----------------------------------------------------------------

exec 3<$dev
check "an open file keeps the module loaded" eval "! rmmod lcma"
exec 3<&-
puts 0 "a slot"
puts "3M region=all" "a buffer in the private region"
puts "5M align=1M" "a buffer"
check "buffers do not keep the module loaded" rmmod lcma
check "it loads again, at once" lcma_load "main=64M@cma;all=8M@cma,keep=all"
holds 0 0 0 "and holds nothing"
is "$(cat $dev)" "" "nothing is left to free"
check "unload" lcma_unload

finish
