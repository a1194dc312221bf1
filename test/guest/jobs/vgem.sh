# SPDX-License-Identifier: GPL-2.0-only
#
# A DRM driver of the kernel's, vgem as Debian built it, imports our
# dma-bufs through PRIME and gives them back as descriptors: the same dma-buf,
# the same contents, whoever goes first.
# Cannot be shown here: that a buffer is in one piece, which vgem does not
# need (vivid.sh shows it); rendering.
# (The driver does not say how long a piece it takes, so that DMA API debugging
# would complain: there it is off.)
#
# mem: 256M
# cmdline: cma=64M
# cmdline@6.12-debug: cma=64M dma_debug=off
# modules: vgem
# timeout: 60
# pages: poison
# smp@*-debug: 1
# kernels@7-16k-arm64: *
# mem@7-16k-arm64: 512M
# cmdline@7-16k-arm64: cma=96M

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

lcma_load "main=16M@cma" || bail_out "lcma does not load"
modprobe vgem || bail_out "vgem does not load"
run_program prime_client

check "vgem is unloaded" rmmod vgem
is "$(lcma_info main frees)" "$(lcma_info main allocs)" \
	"as many buffers came back as were handed out"
check "lcma is unloaded" lcma_unload
finish
