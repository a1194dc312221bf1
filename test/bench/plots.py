# SPDX-License-Identifier: GPL-2.0-only
"""SVG plots, written by hand: latency against size, and distributions."""

import math

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 170, 40, 50
COLORS = ('#b02020', '#1f5fa8', '#2f8f4f', '#c07810', '#6b4fa0', '#555555')


def _escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;')


class Axis:
    """A logarithmic axis over what is to be shown."""

    def __init__(self, values, low, high, base=10):
        self.base = base
        self.first = math.floor(math.log(min(values), base) + 1e-9)
        self.last = max(math.ceil(math.log(max(values), base) - 1e-9),
                        self.first + 1)
        self.low, self.high = low, high

    def at(self, value):
        share = (math.log(value, self.base) - self.first) / (
            self.last - self.first)
        return self.low + share * (self.high - self.low)

    def marks(self):
        step = max(1, round((self.last - self.first) / 8))
        return [self.base ** e for e in
                range(self.first, self.last + 1, step)]


def _plain(value):
    for limit, unit in ((1e6, 'M'), (1e3, 'k')):
        if value >= limit:
            return '%g%s' % (value / limit, unit)
    return '%g' % value


class Linear(Axis):
    def __init__(self, low, high):
        self.low, self.high = low, high

    def at(self, value):
        return self.low + value / 100 * (self.high - self.low)

    def marks(self):
        return range(0, 101, 20)


def _frame(title, x, y, x_text, y_text, x_plain=_plain):
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
           'viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">'
           % (WIDTH, HEIGHT, WIDTH, HEIGHT),
           '<rect width="100%" height="100%" fill="white"/>',
           '<text x="%d" y="22" font-size="15">%s</text>'
           % (LEFT, _escape(title))]
    for value in x.marks():
        at = x.at(value)
        out.append('<path d="M%.1f %dV%d" stroke="#ddd"/>'
                   % (at, TOP, HEIGHT - BOTTOM))
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>'
                   % (at, HEIGHT - BOTTOM + 17, x_plain(value)))
    for value in y.marks():
        at = y.at(value)
        out.append('<path d="M%d %.1fH%d" stroke="#ddd"/>'
                   % (LEFT, at, WIDTH - RIGHT))
        out.append('<text x="%d" y="%.1f" text-anchor="end">%s</text>'
                   % (LEFT - 6, at + 4, _plain(value)))
    out.append('<text x="%d" y="%d" text-anchor="middle">%s</text>'
               % ((LEFT + WIDTH - RIGHT) // 2, HEIGHT - 10, _escape(x_text)))
    out.append('<text transform="translate(16 %d) rotate(-90)" '
               'text-anchor="middle">%s</text>'
               % ((TOP + HEIGHT - BOTTOM) // 2, _escape(y_text)))
    return out


def _draw(out, lines, x, y, dots):
    for i, (name, points) in enumerate(lines):
        color = COLORS[i % len(COLORS)]
        path = ' '.join('%s%.1f %.1f' % ('L' if n else 'M', x.at(a), y.at(b))
                        for n, (a, b) in enumerate(points))
        out.append('<path d="%s" fill="none" stroke="%s" stroke-width="2"/>'
                   % (path, color))
        if dots:
            out += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>'
                    % (x.at(a), y.at(b), color) for a, b in points]
        at = TOP + 14 + 18 * i
        out.append('<path d="M%d %dh20" stroke="%s" stroke-width="2"/>'
                   % (WIDTH - RIGHT + 12, at - 4, color))
        out.append('<text x="%d" y="%d">%s</text>'
                   % (WIDTH - RIGHT + 38, at, _escape(name)))
    out.append('</svg>')
    return '\n'.join(out) + '\n'


def latency(title, lines):
    """lines: (name, [(pages, ns)]). Returns the SVG; None without points."""
    lines = [(name, sorted((a, b / 1000) for a, b in points if b))
             for name, points in lines]
    lines = [line for line in lines if line[1]]
    if not lines:
        return None
    x = Axis([a for _, points in lines for a, _ in points], LEFT,
             WIDTH - RIGHT, 2)
    y = Axis([b for _, points in lines for _, b in points], HEIGHT - BOTTOM,
             TOP)
    out = _frame(title, x, y, 'pages', 'median, µs', lambda v: '%d' % v)
    return _draw(out, lines, x, y, True)


def distribution(title, lines):
    """lines: (name, [ns]). How many percent took no longer than that."""
    lines = [(name, sorted(v / 1000 for v in values if v))
             for name, values in lines]
    lines = [line for line in lines if line[1]]
    if not lines:
        return None
    x = Axis([v for _, values in lines for v in values], LEFT, WIDTH - RIGHT)
    y = Linear(HEIGHT - BOTTOM, TOP)
    steps = []
    for name, values in lines:
        points, n = [], len(values)
        for i, value in enumerate(values):
            points += [(value, 100 * i / n), (value, 100 * (i + 1) / n)]
        steps.append((name, points))
    out = _frame(title, x, y, 'µs', 'percent of allocations')
    return _draw(out, steps, x, y, False)


def _keeps(found):
    return [k for k in ('0', 'wedge', '128K', 'default', '8M')
            if any(one['keep'] == k for one in found)]


def _by_size(title, found):
    lines = []
    if found:
        first = _keeps(found)[0]
        lines.append(('kernel', [(one['size_pages'], one['kernel_ns'])
                                 for one in found if one['keep'] == first]))
    for keep in _keeps(found):
        lines.append(('lcma, keep=%s' % keep,
                      [(one['size_pages'], one['lcma_ns'])
                       for one in found if one['keep'] == keep]))
    return latency(title, lines)


def _spread(title, found):
    lines = []
    for keep in _keeps(found):
        for one in found:
            if one['keep'] == keep:
                if not lines:
                    lines.append(('kernel', one['samples']['kernel']))
                lines.append(('lcma, keep=%s' % keep, one['samples']['lcma']))
    return distribution(title, lines)


def all_plots(found):
    """File name to SVG."""
    def pick(case, **wanted):
        return [one for one in found if one['case'] == case and
                all(one.get(k) == v for k, v in wanted.items())]

    warm = pick('B1', zero=True, init_on_alloc=1)
    plots = {
        'bench-warm.svg': _by_size('B1 warm: latency against size', warm),
        'bench-cold.svg': _by_size('B2 cold: latency against size',
                                   pick('B2')),
        'bench-pressure.svg': _by_size('B3 pressure: latency against size',
                                       pick('B3')),
    }
    for size in (64, 1024, 16384):
        plots['bench-pressure-%d.svg' % size] = _spread(
            'B3 pressure: %d pages, distribution' % size,
            pick('B3', size_pages=size))
    return {name: svg for name, svg in plots.items() if svg}
