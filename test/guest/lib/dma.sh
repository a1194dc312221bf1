# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154	# variables of scripts that source this file, and theirs
#
# dma.sh - what jobs about drivers that know nothing of lcma share. Sourced after tap.sh.

# shellcheck source=test/guest/lib/region.sh
. /test/lib/region.sh

parameters=/sys/module/lcma_dmatest/parameters

# dma_source: where regions come from, in $source; and what of the DMA API's entries such
# memory may serve, in $served, and what is left to the kernel, in $left
dma_source()
{
	source=cma
	case $(uname -m) in
	x86_64)
		can_cma || source=reserve_mem:lcma
		served="coherent wc nomap pages noncoherent noncontiguous" left=
		;;
	aarch64)
		served="coherent wc nomap pages noncoherent noncontiguous" left=
		;;
	*)
		# HIGHMEM: the kernel has no mapping of it.
		served="coherent wc nomap" left="pages noncoherent noncontiguous"
		;;
	esac
}

# lcma_load_map REGIONS RULES
lcma_load_map()
{
	insmod /lcma.ko "regions=\"$1\"" "map=\"$2\"" default_keep=0 2>/dev/null
}

write_to()
{
	printf '%s\n' "$2" 2>/dev/null >"$1"
}

modprobe_dmatest()
{
	insmod /test/kmod/lcma_dmatest.ko
}

# device_line NAME: what lcma says of a device
device_line()
{
	sed -n "/^device=$1 /p" /sys/kernel/debug/lcma_devices
}

# dmatest WORDS [PREFIX]: runs it; its results are ours
dmatest()
{
	if ! write_to /sys/kernel/debug/dmatest/run "$1"; then
		fail "$2dmatest $1"
		return
	fi
	cat /sys/kernel/debug/dmatest/results >/tmp/dmatest
	while read -r dma_word dma_rest; do
		case $dma_word in
		ok) pass "$2$dma_rest" ;;
		not) fail "$2${dma_rest#ok }" ;;
		where) diag "$2$dma_rest" ;;
		esac
	done </tmp/dmatest
}

# inside KIND [no DESCRIPTION]: was it in the region [$base, $end)?
inside()
{
	dma_where=$(sed -n "s/^where $1 //p" /tmp/dmatest)
	dma_phys=${dma_where%% *}
	if [ -n "$dma_phys" ] && [ $((dma_phys)) -ge $((base)) ] && [ $((dma_phys)) -lt $end ]; then
		dma_is=yes
	else
		dma_is=no
	fi
	is "$dma_is" "${2:-yes}" "${3:-"$1 is the region's"}"
}

outside()
{
	inside "$1" no "$1 is the kernel's"
}

# settled REGION PAGES DESCRIPTION: what is freed where nothing sleeps goes a moment later
settled()
{
	dma_tries=0
	while [ "$(lcma_info "$1" used_pages)" != "$2" ] && [ $((dma_tries += 1)) -lt 100 ]; do
		usleep 20000
	done
	is "$(lcma_info "$1" used_pages)" "$2" "$3"
}

bind()
{
	write_to /sys/bus/platform/drivers/dmatest/bind "$1"
}

unbind()
{
	write_to /sys/bus/platform/drivers/dmatest/unbind "$1"
}
