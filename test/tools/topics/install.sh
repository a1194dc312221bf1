# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What make install installs, whether it can be used, and that make uninstall leaves
# nothing.

install_list="./usr/bin/cmactl
./usr/include/liblcma.h
./usr/include/linux/lcma.h
./usr/lib/liblcma.a
./usr/lib/liblcma.so
./usr/lib/liblcma.so.0.1.0
./usr/lib/liblcma.so.1
./usr/lib/modprobe.d/lcma.conf
./usr/lib/pkgconfig/liblcma.pc
./usr/lib/udev/rules.d/60-lcma.rules
./usr/share/bash-completion/completions/cmactl
$(cd "$top" && find examples -type f \( -name '*.[ch]' -o -name '*.py' -o -name '*.md' -o -name Kbuild \) ! -name '*.mod.c' -printf './usr/share/doc/lcma/%p\n' | LC_ALL=C sort)
./usr/share/man/man1/cmactl.1
./usr/share/man/man3/liblcma.3
./usr/share/man/man4/lcma.4"
root=$out/root

# As a person would, from the top.
try "make install" make -s -C "$top" install DESTDIR="$root" PREFIX=/usr \
	BUILD="$out/host" CFLAGS='-O2 -Werror'
(cd "$root" && find . ! -type d | LC_ALL=C sort) >files
diff <(echo "$install_list") files >said
report $? "what is installed" said
(cd "$root" && find . -type f ! -perm 644 | LC_ALL=C sort) >files
diff <(printf '%s\n' ./usr/bin/cmactl ./usr/lib/liblcma.so.0.1.0) files >said
report $? "modes" said

elf()
{
	readelf -d "$root/usr/lib/liblcma.so" | grep -q 'SONAME.*\[liblcma.so.1\]' &&
	[ "$(readelf -d "$root/usr/bin/cmactl" | grep NEEDED | grep -cv libc.so)" = 0 ]
}
try "soname, and what cmactl needs" elf
declared=$(gcc -E -I "$top/include/uapi" "$top/tools/liblcma/liblcma.h" |
	grep -oE '\blcma_[a-z_]+\(' | tr -d '(' | sort -u)
exported=$(nm -D --defined-only "$root/usr/lib/liblcma.so" |
	awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
diff <(echo "$declared") <(echo "$exported") >said
report $? "what the header declares is exported, and nothing else" said
! command -v g++ >/dev/null || try "the header is C++ too" g++ -x c++ -fsyntax-only -Wall -Wextra -Werror \
	-I "$root/usr/include" "$root/usr/include/liblcma.h"
cat >plus.cc <<'END'
#include <liblcma.h>
static int seen(const lcma_buffer_entry *, void *) { return 0; }
int main()
{
	lcma_options options = LCMA_OPTIONS_INIT;
	lcma_version version;
	lcma_region_info region;
	lcma_buffer_entry entry;
	char names[4][LCMA_NAME_SIZE];
	uint64_t bytes = 4096;
	void *memory;
	int device = lcma_open(nullptr), buffer;

	if (device < 0)
		return lcma_strerror(device)[0] ? 1 : 2;
	buffer = lcma_allocate(device, &bytes, &options);
	return lcma_get_version(device, &version) | lcma_get_regions(device, names, 4) |
	       lcma_get_region(device, names[0], &region) |
	       lcma_get_buffer(device, buffer, &entry) |
	       lcma_list_buffers(device, names[0], 0, 0, &entry, 1) |
	       lcma_for_each_buffer(device, names[0], 0, seen, nullptr) |
	       lcma_map(buffer, LCMA_ACCESS_RW, &memory, &bytes);
}
END
plus()
{
	g++ -Wall -Wextra -Werror -o plus plus.cc -I "$root/usr/include" -L "$root/usr/lib" -llcma || return
	LCMA_DEVICE=$out/none LD_LIBRARY_PATH=$root/usr/lib ./plus
	[ $? = 1 ]
}
! command -v g++ >/dev/null || try "a C++ program links with it and runs" plus
# Every function is a symbol: no headers, no compiler.
cat >foreign.py <<'END'
import ctypes, errno, sys
lib = ctypes.CDLL(sys.argv[1])
names = sys.argv[2:]
assert names, "no functions"
for name in names:
    getattr(lib, name)
room = ctypes.create_string_buffer(b"\xff" * 1024, 1024)
assert lib.lcma_open(None) == -errno.ENODEV
assert lib.lcma_get_version(-1, room) == -errno.EBADF
assert room.raw[:4] == (48).to_bytes(4, sys.byteorder), "the size of ABI 2"
assert room.raw[48:] == b"\xff" * 976, "nothing is written after it"
assert lib.lcma_get_region(-1, b"cam", room) == -errno.EBADF
assert room.raw[424:] == b"\xff" * 600
assert lib.lcma_list_buffers(-1, b"cam", 0, ctypes.c_uint64(0), room, 1) == -errno.EBADF
lib.lcma_strerror.restype = ctypes.c_char_p
assert b"larger than the region" in lib.lcma_strerror(-errno.EFBIG)
END
# shellcheck disable=SC2086	# words are what is wanted
try "python calls it through ctypes" env LCMA_DEVICE="$out/none" python3 foreign.py \
	"$root/usr/lib/liblcma.so" $declared
# Without DESTDIR the linker's cache is told; with it, that is another machine's.
touch ldconfig.log
ldconfig_runs()
{
	printf '#!/bin/sh\necho ran >>%s/ldconfig.log\n' "$out" >ldconfig.fake
	chmod +x ldconfig.fake
	rm -f ldconfig.log
	make -s -C "$top" install DESTDIR="$root" PREFIX=/usr BUILD="$out/host" \
		CFLAGS='-O2 -Werror' LDCONFIG="$out/ldconfig.fake" || return
	[ ! -e ldconfig.log ] || return
	make -s -C "$top" install DESTDIR= PREFIX="$out/root2" BUILD="$out/host" \
		CFLAGS='-O2 -Werror' LDCONFIG="$out/ldconfig.fake" || return
	[ "$(cat ldconfig.log)" = ran ]
}
try "make install runs ldconfig, unless it is for another root" ldconfig_runs
rm -rf root2
try "the header is C99 too" gcc -std=c99 -x c -fsyntax-only -pedantic -Wall -Wextra -Werror \
	-I "$root/usr/include" "$root/usr/include/liblcma.h"

# The example of the man page, with what pkg-config says.
export PKG_CONFIG_LIBDIR=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
sed -n '/^\.EX/,/^\.EE/p' "$top/man/liblcma.3" | sed '/^\./d; s/\\e/\\/g' >example.c
example()
{
	local how=$1 flags
	flags=$(pkg-config --cflags --libs ${2:+"$2"} liblcma) || return
	# shellcheck disable=SC2086
	gcc -Wall -Wextra -Werror ${2:+"$2"} -o "example-$how" example.c $flags || return
	LCMA_DEVICE=$out/none LD_LIBRARY_PATH=$root/usr/lib "./example-$how"
	[ $? = 1 ]
}
try "the example builds and runs, shared" example shared
grep -q 'modprobe lcma' said
report $? "and says what is missing" said
try "the example builds and runs, static" example static -static
try "the shared one is" sh -c 'readelf -d example-shared | grep -q "NEEDED.*liblcma.so.1"'
[ "$(pkg-config --modversion liblcma)" = 0.1.0 ]
report $? "pkg-config knows the version"

try "make uninstall" make -s -C "$top" uninstall DESTDIR="$root" PREFIX=/usr BUILD="$out/host"
find "$root" ! -type d >files
[ ! -s files ]
report $? "uninstall leaves nothing" files
