#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""picture - what a display controller has read from memory, as QEMU's screendump shows it.

    qemu/picture.py png PICTURE.ppm PICTURE.png

qemu/camera compares by checksums: of the pixels with 16 bits each (RGB 565, the lowest
byte first), which is what a guest draws. png writes what web pages and readers show.
"""
import hashlib
import struct
import sys
import zlib


class Picture:
    """A PPM of 8 bits a colour."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        words = data.split(None, 4)
        if len(words) < 5 or words[0] != b"P6" or words[3] != b"255":
            raise ValueError(f"{path} is no PPM of 8 bits")
        self.width, self.height = int(words[1]), int(words[2])
        # One blank after the header, whatever the first pixel is.
        self.pixels = data[len(data) - 3 * self.width * self.height:]
        if len(self.pixels) != 3 * self.width * self.height:
            raise ValueError(f"{path} is cut off")

    def as_565(self):
        def part(which, bits):
            table = bytes(bits(value) & 255 for value in range(256))
            return int.from_bytes(self.pixels[which::3].translate(table), "little")

        size = self.width * self.height
        low = part(1, lambda green: green >> 2 << 5) | part(2, lambda blue: blue >> 3)
        high = part(0, lambda red: red >> 3 << 3) | part(1, lambda green: green >> 5)
        pixels = bytearray(2 * size)
        pixels[0::2] = low.to_bytes(size, "little")
        pixels[1::2] = high.to_bytes(size, "little")
        return bytes(pixels)

    def checksum(self):
        return hashlib.md5(self.as_565(), usedforsecurity=False).hexdigest()

    def as_png(self):
        def chunk(kind, body):
            return (struct.pack(">I", len(body)) + kind + body +
                    struct.pack(">I", zlib.crc32(kind + body)))

        step = 3 * self.width
        # 2: the difference to the line above, which suits areas of one colour.
        above, lines = bytes(step), []
        for at in range(0, len(self.pixels), step):
            line = self.pixels[at:at + step]
            lines.append(b"\2" + bytes((a - b) & 255 for a, b in zip(line, above)))
            above = line
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) + chunk(b"IEND", b""))


def main():
    if len(sys.argv) != 4 or sys.argv[1] != "png":
        sys.exit(__doc__.strip())
    try:
        with open(sys.argv[3], "wb") as file:
            file.write(Picture(sys.argv[2]).as_png())
    except (OSError, ValueError) as error:
        sys.exit(f"picture: {error}")


if __name__ == "__main__":
    main()
