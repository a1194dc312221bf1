# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# lib.sh - what the scripts in qemu/ share: where things are, how a row of
# kernels.txt and the header of a job are read, how messages look.
# Sourced, never run.

qemu_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=$(dirname "$qemu_dir")
cache_dir=${XDG_CACHE_HOME:-${HOME:?}/.cache}/lcma
build_dir=$top_dir/build
prog=$(basename "$0")

# Debian packages whose programs a job may name (`# programs: v4l2-ctl`).
# shellcheck disable=SC2034	# for fetch
guest_packages="v4l-utils stress-ng e2fsprogs"

# packages_dir NAMES: where those are that a job names itself (`# packages: bpftrace`),
# because they are large, for the architecture of the row that was read
packages_dir()
{
	echo "$cache_dir/packages/$k_arch/${1// /,}"
}

# What was compiled before, from the same text with the same words, comes from the
# cache, where ccache is installed: in another clone as well, since the compiler gets
# paths of this tree as relative ones, and the folder that it runs in does not count.
export CCACHE_DIR=$cache_dir/ccache CCACHE_MAXSIZE=1G
export CCACHE_BASEDIR=$top_dir CCACHE_NOHASHDIR=1 CCACHE_ABSSTDERR=1
ccache=
# shellcheck disable=SC2034	# for those who compile
! command -v ccache >/dev/null || ccache="ccache "

say()
{
	echo "$prog: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# cpu_used: sets $cpu_used to the CPU time, in tenths of a second, of the programs
# that this shell (or subshell) has started and waited for. Not in $(...): that is
# a subshell of its own, which has started none.
cpu_used()
{
	local stat
	read -r stat <"/proc/$BASHPID/stat"
	# After the name, which may have blanks: state is field 3, cutime 16, cstime 17.
	read -r -a stat <<<"${stat##*) }"
	# shellcheck disable=SC2034	# for the scripts that source this file
	cpu_used=$(((stat[13] + stat[14]) * 10 / ${cpu_hz:=$(getconf CLK_TCK)}))
}

# usage_from_header FILE: the comment block at the top of a script is its manual.
usage_from_header()
{
	sed -n '2,/^[^#]/{ /^# SPDX/d; s/^# \{0,1\}//p; }' "$1"
}

# --- kernels.txt -----------------------------------------------------------

# kernel_ids [USE...|all]: ids of the kernels for these uses (default: check)
kernel_ids()
{
	awk -v uses=" ${*:-check} " '!/^#/ && NF {
			if (uses == " all " || index(uses, " " $7 " "))
				print $1
		}' "$qemu_dir/kernels.txt"
}

# kernel_row ID: sets k_id, k_arch, k_suite, k_image, k_headers, k_machine, k_use,
# k_like, k_scale. "6.1" is accepted for "6.1-armhf".
kernel_row()
{
	local row
	row=$(awk -v id="$1" '!/^#/ && ($1 == id || $1 == id "-armhf")' \
		"$qemu_dir/kernels.txt" | head -n 1)
	[ -n "$row" ] || die "no kernel '$1' in qemu/kernels.txt; there are:" \
		"$(kernel_ids all | paste -sd' ')"
	# shellcheck disable=SC2034  # read by the scripts that source this file
	read -r k_id k_arch k_suite k_image k_headers k_machine k_use \
		k_like k_scale <<<"$row"
	k_scale=${k_scale:-1}
	# shellcheck disable=SC2034
	k_dir=$cache_dir/kernels/$k_id
	# shellcheck disable=SC2034
	k_build=$build_dir/$k_id
}

# kernel_tree: sets k_tree, where kbuild is run for the row that was read. Of Debian's
# headers that is a folder of links in build/headers/ID: from there the sources of any
# clone have the same relative path, which is what ccache compares.
kernel_tree()
{
	local from
	from=$(realpath "$k_dir/kdir")
	k_tree=$from
	[ "$(wc -l <"$from/Makefile")" = 1 ] || return 0
	k_tree=$build_dir/headers/$k_id
	[ "$(cat "$k_tree/Makefile" 2>/dev/null)" != "include $from/Makefile" ] || return 0
	rm -rf "$k_tree.$BASHPID"
	mkdir -p "$k_tree.$BASHPID"
	find "$from" -mindepth 1 -maxdepth 1 ! -name Makefile \
		-exec ln -s -t "$k_tree.$BASHPID" {} +
	echo "include $from/Makefile" >"$k_tree.$BASHPID/Makefile"
	rm -rf "$k_tree"
	mv -T "$k_tree.$BASHPID" "$k_tree"
}

# kernel_is_built: of the row that was read
kernel_is_built()
{
	[ "${k_image#built:}" != "$k_image" ]
}

# kernel_like ID: sets $kernel_like to the kernel that ID is another build of, or ID
declare -A kernel_likes=()
kernel_like()
{
	local id like
	[ ${#kernel_likes[@]} != 0 ] || while read -r id _ _ _ _ _ _ like _; do
		[[ -z $id || $id == \#* ]] || kernel_likes[$id]=${like:-$id}
	done <"$qemu_dir/kernels.txt"
	kernel_like=${kernel_likes[$1]-$1}
}

# --- architectures: Debian's name -> everybody else's ------------------------

arch_kernel()
{
	case $1 in
	armhf) echo arm ;;
	arm64) echo arm64 ;;
	amd64) echo x86_64 ;;
	*) die "architecture $1 is not known to qemu/lib.sh" ;;
	esac
}

arch_cross()
{
	[ "$1" = "$(dpkg --print-architecture)" ] && return
	case $1 in
	armhf) echo arm-linux-gnueabihf- ;;
	arm64) echo aarch64-linux-gnu- ;;
	amd64) echo x86_64-linux-gnu- ;;
	*) die "architecture $1 is not known to qemu/lib.sh" ;;
	esac
}

# --- machines ----------------------------------------------------------------

# guest_memory SIZE: what a guest gets of which a job wants SIZE, on the kernel of
# the row that was read. Kernels of 64 bit are that much larger themselves; one
# with KASAN keeps a byte for every eight, and as much again for the owners of
# pages and for lists of what may leak: but no more than is lowmem on the board,
# and whoever chooses more than that knows how much of it is to be HIGHMEM.
guest_memory()
{
	local mib=${1%[MG]}
	[ "${1%G}" = "$1" ] || mib=$((mib * 1024))
	[ "$k_arch" = armhf ] || mib=$((mib + 128))
	if [ "$k_use" = debug ] && [ $mib -lt 760 ]; then
		mib=$((mib * 7 / 6 + 80))
		[ $mib -le 760 ] || mib=760
	fi
	echo "${mib}M"
}

# machine_disk_modules MACHINE: modules of the stock kernel for the disk on which
# a restored guest gets its job
machine_disk_modules()
{
	case $1 in
	vexpress-a9) echo virtio_mmio virtio_blk ;;
	*) echo virtio_pci virtio_blk ;;
	esac
}

# said_about_us FOLDER: of what kbuild says of FOLDER (stdin), what is about our files
# or the whole; the kernel's own headers may have warnings at W=1, or for sparse.
said_about_us()
{
	sed "s,$1/,,g; s,$top_dir/,,g" | grep -vE '^/|^In file included|^ +from ' |
		grep -E '^(src|include|test|lcma)[^ ]*:|^(WARNING|ERROR|error|make)|modpost:' || true
}

# --- jobs --------------------------------------------------------------------
#
# A job is a shell script that runs in a guest. Its leading comment block may
# hold `# KEY: VALUE` lines (cmdline, mem, smp, icount, pages, timeout, boot, suite,
# kernels, matrix, expected, modules, programs, packages, data, overlay, display, qemu) and
# `# KEY@KERNELS: VALUE` lines, which win on those kernels (the last that fits counts).
# KERNELS are ids or patterns of them, with a | between: `6.12-*|7-*`.
# test/guest/lib/tap.sh describes the keys.

# job_names [SUITE]: the test jobs, all or those of a suite
job_names()
{
	local f
	for f in "$top_dir"/test/guest/jobs/*.sh; do
		[ -e "$f" ] || continue
		if [ "${1-}" = "" ] || [ "$(job_key "$f" any suite check)" = "$1" ]; then
			basename "$f" .sh
		fi
	done
}

# job_file NAME: path of a job; qemu/guest holds those that are not tests.
job_file()
{
	local f
	for f in "$top_dir/test/guest/jobs/$1.sh" "$qemu_dir/guest/$1"; do
		[ -f "$f" ] && { echo "$f"; return; }
	done
	die "no job '$1' (looked for test/guest/jobs/$1.sh and qemu/guest/$1)"
}

# job_header FILE KERNEL: sets job_said[KEY] to the value of each header line that counts
# there. No process for it: this is read often.
declare -A job_said=()
job_header()
{
	local line key patterns id=$2 here='^#[[:blank:]]*([a-z_]+)(@([^:]*))?:[[:blank:]]*(.*)$'
	local -A special=()
	kernel_like "$id"
	job_said=()
	while IFS= read -r line && [[ $line == \#* ]]; do
		[[ $line =~ $here ]] || continue
		key=${BASH_REMATCH[1]} patterns=${BASH_REMATCH[3]} line=${BASH_REMATCH[4]}
		line=${line%"${line##*[![:blank:]]}"}
		if [ -z "${BASH_REMATCH[2]}" ]; then
			[ -n "${special[$key]-}" ] || job_said[$key]=$line
			continue
		fi
		patterns=${patterns//./[.]}
		patterns="^(${patterns//\*/.*})$"
		if [[ $id =~ $patterns || $kernel_like =~ $patterns ]]; then
			special[$key]=yes
			job_said[$key]=$line
		fi
	done <"$1"
}

# job_key FILE KERNEL KEY DEFAULT: value of a header line of a job.
job_key()
{
	local -A job_said=()
	job_header "$1" "$2"
	printf '%s\n' "${job_said[$3]-$4}"
}

# job_wants_kernel FILE ID: a kernel for use `nocma` or `named` has to be named; the second
# in a line of its own, `# kernels@ID:`, because a pattern for others may match it by chance
job_wants_kernel()
{
	local patterns='*'
	! kernel_ids named | grep -qxF "$2" || grep -q "^# kernels@$2:" "$1" || return 1
	! kernel_ids nocma named | grep -qxF "$2" || patterns='-'
	patterns=$(job_key "$1" "$2" kernels "$patterns")
	patterns=${patterns//./[.]}
	patterns=${patterns//\*/.*}
	patterns="^(${patterns// /|})$"
	kernel_like "$2"
	[[ $2 =~ $patterns || $kernel_like =~ $patterns ]]
}

# job_wants_matrix FILE ID: is it among the jobs for this kernel?
job_wants_matrix()
{
	kernel_ids matrix named | grep -qxF "$2" || return 0
	[ "$(job_key "$1" "$2" matrix yes)" = yes ]
}
