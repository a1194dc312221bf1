#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""buffer.py - a contiguous buffer in Python, with ctypes, and with numpy if it is there

    examples/buffer.py [BYTES]

Allocates a buffer, maps it, fills it between begin and end of CPU access, and says
where it is. The descriptor is a dma-buf: pass it to V4L2 (V4L2_MEMORY_DMABUF), DRM
(PRIME) or another process (socket.send_fds). $LIBLCMA names another library than the
installed one.
"""
import ctypes
import os
import sys

READ, WRITE = 1, 2      # LCMA_ACCESS_*


class Options(ctypes.Structure):
    """struct lcma_options of liblcma.h"""
    _fields_ = [('size', ctypes.c_size_t), ('align', ctypes.c_uint64),
                ('flags', ctypes.c_uint32), ('timeout_ms', ctypes.c_uint32),
                ('reserved', ctypes.c_uint64), ('region', ctypes.c_char_p),
                ('label', ctypes.c_char_p), ('below', ctypes.c_uint64),
                ('at', ctypes.c_uint64), ('boundary', ctypes.c_uint64)]


lib = ctypes.CDLL(os.environ.get('LIBLCMA', 'liblcma.so.1'))
lib.lcma_strerror.restype = ctypes.c_char_p
lib.lcma_free.restype = None


def check(ret):
    """A negative errno becomes an exception, with the sentence that liblcma has for it."""
    if ret < 0:
        raise OSError(-ret, lib.lcma_strerror(ret).decode())
    return ret


class Buffer:
    """A buffer for as long as the with statement runs."""

    def __init__(self, nr_bytes, label):
        device = check(lib.lcma_open(None))
        self.nr_bytes = ctypes.c_uint64(nr_bytes)
        options = Options(size=ctypes.sizeof(Options), label=label.encode())
        try:
            self.fd = check(lib.lcma_allocate(device, ctypes.byref(self.nr_bytes),
                                              ctypes.byref(options)))
        finally:
            lib.lcma_close(device)
        self.address = ctypes.c_void_p()

    def __enter__(self):
        check(lib.lcma_map(self.fd, READ | WRITE, ctypes.byref(self.address),
                           ctypes.byref(self.nr_bytes)))
        return self

    def __exit__(self, *_):
        check(lib.lcma_unmap(self.address, self.nr_bytes))
        lib.lcma_free(self.fd)

    def view(self):
        """The memory as bytes that can be written, without a copy."""
        return (ctypes.c_ubyte * self.nr_bytes.value).from_address(self.address.value)


def main():
    """Fill a buffer with a ramp, and read it back."""
    with Buffer(int(sys.argv[1]) if len(sys.argv) > 1 else 1 << 20, 'python') as buffer:
        check(lib.lcma_begin_cpu(buffer.fd, READ | WRITE))
        memory = buffer.view()
        try:
            import numpy
            array = numpy.frombuffer(memory, dtype=numpy.uint8)
            array[:] = numpy.arange(len(array), dtype=numpy.uint64) % 251
            total, how = int(array.sum(dtype=numpy.uint64)), 'numpy'
        except ImportError:
            ramp = bytes(i % 251 for i in range(len(memory)))
            memory[:] = ramp
            total, how = sum(memory), 'ctypes'
        check(lib.lcma_end_cpu(buffer.fd, READ | WRITE))
        print(f'{buffer.nr_bytes.value} bytes, descriptor {buffer.fd}, by {how}, sum {total}')


if __name__ == '__main__':
    try:
        main()
    except OSError as error:
        sys.exit(f'buffer.py: {error.strerror}')
