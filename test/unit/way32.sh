# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# way32.sh - how 32-bit programs are compiled and run on this machine. Sourced by
# test/unit/run, never run.
#
# Many machines do not execute i386 programs ("Exec format error": a kernel without
# IA32 emulation, as in small VMs and containers), some compilers make none (gcc
# without multilib; every gcc that is not for x86). So each way is tried on a tiny
# program, and the first that works is taken:
#
#	i386	gcc -m32 (gcc-12-multilib, libc6-dev-i386)
#	armhf	the cross compiler that builds the guests' programs, and qemu-arm
#		(qemu-user); without looking for leaks, which needs ptrace
#	none	neither works: the 32-bit programs are skipped, visibly
#
#	LCMA_32BIT=i386|armhf|none	takes this way and tries no other
#
# Both ways run ASan and UBSan ($sanitize, test/unit/run's words for them).

# words32 WAY: the words to compile with and to run with
words32()
{
	case $1 in
	i386)
		# gcc-multilib, which would supply asm/ for 32 bit, cannot be installed
		# beside a cross compiler; the 64-bit directory has the same files.
		# And char is unsigned in every kernel for arm, and everywhere from 6.2 on.
		cc32="$CC -m32 -idirafter /usr/include/x86_64-linux-gnu -funsigned-char"
		run32=
		;;
	armhf)
		cc32=arm-linux-gnueabihf-gcc-12
		run32=qemu-arm
		command -v $run32 >/dev/null || run32=qemu-arm-static
		run32="env ASAN_OPTIONS=detect_leaks=0 $run32 -L /usr/arm-linux-gnueabihf"
		;;
	esac
}

# works32 WAY DIR: does the way work? If not, the last words of the compiler, or of
# the program, are added to why32.
# shellcheck disable=SC2086,SC2154	# lists of words, set by the script that sources this
works32()
{
	words32 "$1"
	printf '%s\n' '#include <stdlib.h>' \
		'int main(void) { return sizeof(long) != 4 || !malloc(1); }' >"$2/probe32.c"
	$cc32 $sanitize -o "$2/probe32" "$2/probe32.c" >"$2/probe32.log" 2>&1 &&
		ASAN_OPTIONS=detect_leaks=0 $run32 "$2/probe32" >"$2/probe32.log" 2>&1 && return
	why32="${why32:+$why32; }$1: $(grep -v '^ *$' "$2/probe32.log" | tail -n 1 |
		sed "s,.*\(probe32: \),\1,")"
	return 1
}

# find_way32 DIR: sets way32, cc32, run32; and why32, one line for a person
find_way32()
{
	why32=
	for way32 in ${LCMA_32BIT:-i386 armhf}; do
		case $way32 in
		i386 | armhf) ;;
		none) why32="LCMA_32BIT=none"; break ;;
		*) why32="LCMA_32BIT=$way32 is no way"; break ;;
		esac
		if works32 "$way32" "$1"; then
			why32="as $way32${run32:+ on qemu-arm}, with ASan and UBSan${why32:+ ($why32)}"
			return
		fi
	done
	# shellcheck disable=SC2034	# for test/unit/run
	way32=none
	why32="skipped: $why32"
}
