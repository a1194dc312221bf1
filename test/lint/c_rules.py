#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The rules of lcma that no tool of the kernel's knows.

    c_rules.py RULE FILE...

Prints FILE:LINE: MESSAGE for each offence; comments and strings do not count.
Rules: documented, version, bug, contig, conditional, length, layers, lockless. What each
forbids stands at its function below.
"""
import os
import re
import sys

MAX_LINES = 800

# A comment, a string or a character; in the order they are met.
NOT_CODE = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_of(text):
    """The text with comments and strings blanked, every line in its place."""
    return NOT_CODE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def words(path, text, pattern, message):
    code = code_of(text)
    for match in re.finditer(pattern, code, re.M):
        yield line_of(code, match.start()), message % match.group().strip()


# A definition starts in column 0, with its type, and its body with a brace
# there; attributes may stand on lines of their own.
DEFINITION = re.compile(
    r'^(?P<type>[a-z_][\w \t\n*]*?[\s*])(?P<name>\w+)\([^;{}]*\)[^;{}()]*\n\{', re.M)


def documented(path, text):
    """A non-static function has kernel-doc, with Return: unless it is void."""
    code = code_of(text)
    for match in DEFINITION.finditer(code):
        kind, name = match.group('type', 'name')
        if re.search(r'\bstatic\b', kind):
            continue
        start = match.start() + len(kind) - len(kind.lstrip())
        before = text[:start].rstrip()
        comment = before[before.rfind('/*'):] if before.endswith('*/') else ''
        if not re.match(r'/\*\*\n \* %s(\(\))? - \S' % re.escape(name), comment):
            yield line_of(code, start), '%s() has no kernel-doc' % name
        elif kind.split() != ['void'] and 'Return:' not in comment:
            yield line_of(code, start), '%s(): no Return: in its kernel-doc' % name


def version(path, text):
    """Only src/compat knows kernel versions, and the header that drivers get
    without it; and test modules, which call the kernel themselves."""
    if not path.startswith(('src/compat/', 'include/linux/', 'test/kmod/')):
        yield from words(path, text, r'\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b',
                         '%s outside src/compat')


def bug(path, text):
    """Nothing in lcma is worth the machine. (BUILD_BUG_ON is.)"""
    yield from words(path, text, r'\b(VM_)?BUG(_ON\w*)?(?=\s*\()', '%s')


def contig(path, text):
    """claim.c is the only caller (layers)."""
    if path != 'src/supply/claim.c' and not path.startswith('src/compat/'):
        yield from words(path, text, r'\b(alloc|free)_contig_range\w*',
                         '%s outside src/supply/claim.c and src/compat')


def conditional(path, text):
    """Conditional compilation is for headers: stubs, compat."""
    if path.startswith('src/') and path.endswith('.c'):
        yield from words(path, text, r'^[ \t]*#[ \t]*(if|ifdef|ifndef)\b', '%s in a .c file')


def length(path, text):
    """A longer file is two nouns."""
    lines = text.count('\n')
    if path.startswith('src/') and lines > MAX_LINES:
        yield lines, 'more than %d lines' % MAX_LINES


# Lowest first. Files of src/ itself: what every wing passes is below all of them,
# main.c above.
WINGS = ('compat', 'core', 'page', 'source', 'region', 'supply', 'alloc', 'buffer', 'life',
         'front', 'view')
GROUND = ('fault.h', 'trace.h')
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def floor_of(name):
    """How high a file of src/ stands; None: nowhere."""
    wing = name.partition('/')[0]
    if '/' in name:
        return WINGS.index(wing) + 1 if wing in WINGS else None
    return 0 if name[:-2] + '.h' in GROUND else len(WINGS) + 1


def reaches(name, goal, seen):
    """Whether a header of src/ includes another one, however indirectly."""
    if name in seen or not os.path.exists('src/' + name):
        return False
    seen.add(name)
    with open('src/' + name, encoding='utf-8') as header:
        names = INCLUDE.findall(header.read())
    return goal in names or any(reaches(other, goal, seen) for other in names)


def layers(path, text):
    """A file includes only what stands in its wing or below, by its whole name, and
    no header needs itself. Nobody declares what belongs to another file."""
    if not path.startswith('src/'):
        return
    own = floor_of(path[4:])
    if own is None:
        yield 1, 'no wing of this name: %s' % path
        return
    for match in INCLUDE.finditer(text):
        name, line = match[1], line_of(text, match.start())
        if path == 'src/core/seam.h' and name == 'host.h':
            continue
        floor = floor_of(name)
        if floor is None or not os.path.exists('src/' + name):
            yield line, '"%s" is no file of src/' % name
        elif floor > own:
            yield line, '%s includes %s, which stands above it' % (path[4:], name)
    if path.endswith('.h') and reaches(path[4:], path[4:], set()):
        yield 1, '%s needs itself' % path[4:]
    if path.endswith('.c'):
        for match in re.finditer(r'^extern\b', code_of(text), re.M):
            yield line_of(text, match.start()), 'extern in a .c file'


REGION = 'src/region/region.h'
LOCK = re.compile(r'\blcma_region_(lock|unlock)\(')
HELD = re.compile(r'\blockdep_assert_held\(&\w+->lock\)|\bspin_lock_init\(&\w+->lock\)')


def has_lock(body, at):
    """Whether region->lock is held at that place of a function's body, as far as
    the text tells. An unlock before a way out of a block is that way's only."""
    if HELD.search(body):
        return True
    held = False
    for call in LOCK.finditer(body, 0, at):
        if call[1] == 'lock':
            held = True
            continue
        inside = body.count('{', 0, call.start()) > body.count('}', 0, call.start())
        rest = re.match(r'[^{}]*\}', body[call.end():])
        if not (inside and rest and re.search(r'\b(return|goto|break|continue)\b', rest[0])):
            held = False
    return held


def lockless(path, text):
    """What struct lcma_region's kernel-doc marks [lock] is touched under the lock
    only; what it marks [lock, peeked] is read without by READ_ONCE() and written
    by WRITE_ONCE(). A parameter that can be written at run time is read by
    READ_ONCE(). 32-bit ARM has no KCSAN that would tell."""
    code = code_of(text)
    for name in re.findall(r'module_param\((\w+), \w+, 06\d\d\)', code):
        for use in re.finditer(r'(?<![\w&.])%s\b(?!\s*(=|;|,))' % name, code):
            if not code[:use.start()].endswith('READ_ONCE('):
                yield line_of(code, use.start()), '%s without READ_ONCE()' % name
    if not path.startswith('src/') or not os.path.exists(REGION):
        return
    with open(REGION, encoding='utf-8') as header:
        marks = dict(re.findall(r'^ \* @(\w+): \[lock(, peeked)?\]', header.read(), re.M))
    if not marks:
        yield 1, 'nothing in %s is marked [lock]' % REGION
        return
    # The map's length is fixed, and so is where it lies.
    member = re.compile(r'\bregion(_of\(\w+\))?->(?P<name>%s)\b(?!\.nr_pages\b)' % '|'.join(marks))
    for function in DEFINITION.finditer(code):
        start = function.end()
        body = code[start:code.find('\n}', start)]
        for use in member.finditer(body):
            before, after = body[:use.start()], body[use.end():]
            if re.search(r'\bINIT_\w+\(&$|\bkv?free\($|= &$', before):
                continue
            line, name = line_of(code, start + use.start()), use.group('name')
            if re.search(r'\bWRITE_ONCE\($', before) or not has_lock(body, use.start()):
                if not re.search(r'\b(READ|WRITE)_ONCE\($', before):
                    yield line, 'region->%s without region->lock' % name
                elif not marks[name]:
                    yield line, '%s is not marked as [lock, peeked]' % name
            elif marks[name] and re.match(r'\s*([-+|&^]?=(?!=)|\+\+|--)', after):
                yield line, 'region->%s is written without WRITE_ONCE()' % name


def main():
    rules = {rule.__name__: rule for rule in
             (documented, version, bug, contig, conditional, length, layers, lockless)}
    rule = rules[sys.argv[1]]
    found = 0
    for path in sys.argv[2:]:
        with open(path, encoding='utf-8') as source:
            for line, message in rule(path, source.read()):
                print('%s:%d: %s' % (path, line, message))
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
