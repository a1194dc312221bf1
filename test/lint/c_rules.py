#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The rules of lcma that no tool of the kernel's knows.

    c_rules.py RULE FILE...

Prints FILE:LINE: MESSAGE for each offence; comments and strings do not count.
Rules: documented, version, bug, contig, conditional, length, layers, fronts, lockless, parts.
What each forbids stands at its function below.
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
    if lines > MAX_LINES:
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


# What changes the state of a page, or reads it off the map; the region's lock.
STATES = (r'\blcma_(map|pool_take|pool_give|take|claim|unclaim|retire|zero)(_\w+)?(?=\s*\()'
          r'|\blcma_(alloc|alloc_zeroed|free)(?=\s*\()'
          r'|\blcma_region_(move\w*|lock|unlock)(?=\s*\()|->map\b')
# Reading where which state is: for views.
STRETCH = r'\blcma_region_stretch(?=\s*\()'
REQUEST = r'\(struct lcma_request\)\s*\{|\bstruct lcma_request \w+ = '


def fronts(path, text):
    """A way in asks, a view reads: neither touches the states of pages, nor takes a
    region's lock. Only request.c makes a request."""
    if path.startswith(('src/front/', 'src/view/')):
        yield from words(path, text, STATES, '%s in a front end or a view')
    if path.startswith('src/front/'):
        yield from words(path, text, STRETCH, '%s in a front end')
    if path != 'src/alloc/request.c':
        yield from words(path, text, REQUEST, '%s outside src/alloc/request.c')


REGION = 'src/region/region.h'
LOCK = re.compile(r'\blcma_region_(lock|unlock)\(')
HELD = re.compile(r'\blockdep_assert_held\(&\w+->lock\)|\bspin_lock_init\(&\w+->lock\)')
MARK = re.compile(r'^ \* @(\w+): \[lock(, peeked)?\]', re.M)
# A member of a region, and perhaps one of the part that this member is.
MEMBER = re.compile(r'\bregion(?:_of\(\w+\))?->(?P<name>\w+)(?:\.(?P<inner>\w+))?')


def struct_of(text, name):
    """The kernel-doc and the body of a struct; empty if it is not there."""
    doc = re.search(r'/\*\*\n \* struct %s - .*?\*/\n' % name, text, re.S)
    body = re.search(r'^struct %s \{\n(.*?)^\}' % name, text, re.S | re.M)
    return doc[0] if doc and body else '', body[1] if body else ''


class Part:
    """A struct that struct lcma_region embeds: where its members are written, as its
    kernel-doc says ("Written in: FILE..."; what its header defines may, too), and
    which of them are under the lock (name: peeked)."""

    def __init__(self, kind):
        self.kind = kind
        self.files = None
        self.marks = {}
        for folder, _, names in sorted(os.walk('src')):
            for name in names:
                self.look_in(os.path.join(folder, name))

    def look_in(self, path):
        if not path.endswith('.h'):
            return
        with open(path, encoding='utf-8') as header:
            doc, body = struct_of(header.read(), self.kind)
        written = re.search(r'^ \* Written in: (.+)$', doc, re.M)
        if body and written:
            self.files = {path} | {'src/' + name for name in written[1].split()}
            self.marks = dict(MARK.findall(doc))


_region = []


def region_struct():
    """Of struct lcma_region: the kernel-doc, the members' names, the parts by name."""
    if not _region:
        with open(REGION, encoding='utf-8') as header:
            doc, body = struct_of(header.read(), 'lcma_region')
        body = code_of(body)
        members = set(re.findall(r'(\w+)(?:\[\w+\])?;', body))
        embedded = re.findall(r'^\tstruct (lcma_\w+) (\w+);', body, re.M)
        fixed = re.findall(r'^ \* @(\w+): .*; fixed$', doc, re.M)
        _region.extend((doc, members, {name: Part(kind) for kind, name in embedded
                                       if name not in fixed}))
    return _region


# A call that writes through one of its arguments: through the first only, or any.
WRITES_FIRST = re.compile(r'(WRITE_ONCE|bitmap_\w+|mem(set|cpy|move)|str\w*cpy|swap|xchg|'
                          r'kv?free)$')
WRITES_ANY = re.compile(r'(INIT_\w+|init_\w+|mutex_init|spin_lock_init|_*(test_and_)?'
                        r'(set|clear|change)_bit|list_(add|del|move|splice)\w*|'
                        r'rb_(insert|link|erase)\w*|timer_setup|mod_timer|'
                        r'(add|remove)_wait_queue\w*|(schedule|queue|mod|cancel)\w*_work\w*|'
                        r'atomic\w*_(set|inc|dec|add|sub)\w*)$')
ASSIGNED = re.compile(r'(\s*\[[^\]]*\]|\.\w+|->\w+)*\s*(=(?!=)|([-+*/%|&^]|<<|>>)=|\+\+|--)')


def call_around(code, at):
    """The call whose argument stands there, and whether it is the first one."""
    depth, first = 0, True
    for i in range(at - 1, -1, -1):
        if code[i] in ';{}':
            break
        if code[i] == ')':
            depth += 1
        elif code[i] == ',' and not depth:
            first = False
        elif code[i] == '(' and depth:
            depth -= 1
        elif code[i] == '(':
            name = re.search(r'(\w*)$', code[:i])[1]
            return name, first
    return '', True


def is_written(code, start, end):
    """Whether what stands there is changed, as far as the text tells."""
    if ASSIGNED.match(code, end) or re.search(r'(\+\+|--)$', code[:start]):
        return True
    call, first = call_around(code, start)
    return bool(WRITES_ANY.match(call) or first and WRITES_FIRST.match(call))


def pointers_to(code, kind):
    """Names of variables that point to such a struct, and may change it."""
    return set(re.findall(r'(?<!const )\bstruct %s \*(\w+)\b(?!\()' % kind, code))


def parts(path, text):
    """What a region is made of is written in its own files: a part's members in those
    that the part's kernel-doc names, all others in region/region.[ch], or where the
    kernel-doc says "FILE's own". Every struct that a region embeds is such a part,
    unless it is fixed."""
    if not path.startswith('src/') or not os.path.exists(REGION):
        return
    doc, members, by_name = region_struct()
    if not by_name:
        yield 1, 'no part of struct lcma_region was found'
    if path == REGION:
        for name, part in by_name.items():
            if not part.files:
                yield 1, 'region->%s: struct %s says not where it is written' % (name, part.kind)
    code = code_of(text)
    for use in MEMBER.finditer(code):
        name, part = use['name'], by_name.get(use['name'])
        if name not in members or not is_written(code, *use.span()):
            continue
        own = re.search(r"^ \* @%s: (\S+)'s own\b" % name, doc, re.M)
        files = part.files or () if part else \
            {'src/' + own[1]} if own else {REGION, REGION[:-2] + '.c'}
        if path not in files:
            yield line_of(code, use.start()), '%s is written outside %s' % (
                use[0], ' '.join(sorted(files)) or 'any file')
    for part in by_name.values():
        if not part.files or path in part.files:
            continue
        for name in pointers_to(code, part.kind):
            for use in re.finditer(r'\b%s->\w+' % name, code):
                if is_written(code, *use.span()):
                    yield line_of(code, use.start()), '%s is written outside %s' % (
                        use[0], ' '.join(sorted(part.files)))


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


def mark_of(use):
    """Of the use of a region's member: None: free; '': [lock]; else [lock, peeked].
    A part's member has the part's own mark, or that of the whole part in region.h;
    a part as a whole is under the lock if anything in it is."""
    doc, _, by_name = region_struct()
    name, inner = use['name'], use['inner']
    part = by_name.get(name)
    if part and inner in part.marks:
        return part.marks[inner]
    # A part's length is fixed, and so is where it lies.
    if part and inner in ('nr_pages', 'unit_pages'):
        return None
    if part and not inner and part.marks:
        return ''
    return dict(MARK.findall(doc)).get(name)


def lockless(path, text):
    """What struct lcma_region's kernel-doc, or that of one of its parts, marks [lock]
    is touched under the lock only; what it marks [lock, peeked] is read without by
    READ_ONCE() and written by WRITE_ONCE(). A parameter that can be written at run
    time is read by READ_ONCE(). 32-bit ARM has no KCSAN that would tell."""
    code = code_of(text)
    for name in re.findall(r'module_param\((\w+), \w+, 06\d\d\)', code):
        for use in re.finditer(r'(?<![\w&.])%s\b(?!\s*(=|;|,))' % name, code):
            if not code[:use.start()].endswith('READ_ONCE('):
                yield line_of(code, use.start()), '%s without READ_ONCE()' % name
    if not path.startswith('src/') or not os.path.exists(REGION):
        return
    doc, _, by_name = region_struct()
    if not MARK.search(doc):
        yield 1, 'nothing in %s is marked [lock]' % REGION
        return
    for part in by_name.values():
        for name in pointers_to(code, part.kind):
            for use in re.finditer(r'\b%s->(\w+)' % name, code):
                if part.marks.get(use[1]) and ASSIGNED.match(code, use.end()):
                    yield line_of(code, use.start()), '%s is written without WRITE_ONCE()' % use[0]
    for function in DEFINITION.finditer(code):
        start = function.end()
        body = code[start:code.find('\n}', start)]
        for use in MEMBER.finditer(body):
            peeked = mark_of(use)
            if peeked is None:
                continue
            before, after = body[:use.start()], body[use.end():]
            if re.search(r'\b(INIT_\w+|lcma_\w+_(init|free))\(&$|= &$', before):
                continue
            line, name = line_of(code, start + use.start()), use[0]
            if re.search(r'\bWRITE_ONCE\($', before) or not has_lock(body, use.start()):
                if not re.search(r'\b(READ|WRITE)_ONCE\($', before):
                    yield line, '%s without region->lock' % name
                elif not peeked:
                    yield line, '%s is not marked as [lock, peeked]' % name
            elif peeked and re.match(r'\s*([-+|&^]?=(?!=)|\+\+|--)', after):
                yield line, '%s is written without WRITE_ONCE()' % name


def main():
    rules = {rule.__name__: rule for rule in
             (documented, version, bug, contig, conditional, length, layers, fronts, lockless,
              parts)}
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
