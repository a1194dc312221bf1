# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# shellcheck disable=SC2034	# variables are set for scripts that source this file
#
# region.sh - what jobs about buffers and page states share. Sourced after
# tap.sh. A process costs an emulated guest ten milliseconds and more, so all of
# this is done by the shell itself; answers are left in variables.

# region_info REGION: what its info file says, in $base, $nr_pages, $used, $claimed,
# $busy, $pool, $shared, $quarantined, $system, $largest, $keep, $zone, $unit,
# $source, $claims, $pool_hits, $failures and $last_failure
region_info()
{
	while IFS=' ' read -r info_key info_value; do
		case $info_key in
		base:) base=$info_value ;;
		nr_pages:) nr_pages=$info_value ;;
		unit_pages:) unit=$info_value ;;
		source:) source=$info_value ;;
		zone:) zone=$info_value ;;
		keep:) keep=$info_value ;;
		used_pages:) used=$info_value ;;
		claimed_pages:) claimed=$info_value ;;
		busy_pages:) busy=$info_value ;;
		pool_pages:) pool=$info_value ;;
		shared_pages:) shared=$info_value ;;
		quarantined_pages:) quarantined=$info_value ;;
		system_pages:) system=$info_value ;;
		largest_pages:) largest=$info_value ;;
		claims:) claims=$info_value ;;
		pool_hits:) pool_hits=$info_value ;;
		failures:) failures=$info_value ;;
		last_failure:) last_failure=$info_value ;;
		esac
	done <"$debug/$1/info"
}

# identity REGION DESCRIPTION: what holds at any quiet moment
identity()
{
	region_info "$1"
	if [ $((used + busy + pool + shared)) = "$nr_pages" ] &&
	   [ "$claimed" = $((used + pool)) ] && [ "$busy" = 0 ] &&
	   [ "$quarantined" = 0 ]; then
		pass "$2"
	else
		fail "$2" "region $1 of $nr_pages: used $used, busy $busy, pool $pool, shared $shared, claimed $claimed, quarantined $quarantined"
	fi
}

# buffers REGION: how many it has, in $nr_buffers; the youngest in $buffer
buffers()
{
	nr_buffers=0
	buffer=
	while read -r buffer_line; do
		nr_buffers=$((nr_buffers + 1))
		buffer=$buffer_line
	done <"$debug/$1/buffers"
}

# word LINE KEY: the value of KEY=value in a line of words, in $word
word()
{
	word=
	set -f
	for word_word in $1; do
		case $word_word in
		"$2="*) word=${word_word#*=}; break ;;
		esac
	done
	set +f
}

# bytes_of SIZE: what 4K, 3M or a bare number of KiB is, in $bytes
bytes_of()
{
	case $1 in
	*M) bytes=$((${1%M} * 1048576)) ;;
	*K) bytes=$((${1%K} * 1024)) ;;
	*) bytes=$(($1 * 1024)) ;;
	esac
}

# ranges REGION: every buffer of it as PHYS+BYTES, in $ranges (for memhold)
ranges()
{
	ranges=
	while read -r buffer_line; do
		word "$buffer_line" phys
		buffer_phys=$word
		word "$buffer_line" bytes
		ranges="$ranges $buffer_phys+$word"
	done <"$debug/$1/buffers"
}
