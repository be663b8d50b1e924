"""Twenty jumps of 127 bytes; each one spans the start of the next. The last
one spans the pad of another function, so it grows, so the one before does, ..."""
count = 20
print(".text\n.type f, @function\nf:\ntest %edi, %edi\njne odd")
# Jump i stands at 100 * i and leads to 100 * i + 129, behind jump i + 1.
lines = {}
for i in range(count):
    lines[100 * i] = (f"jmp target{i}", 2)
    lines[100 * i + 129] = (f"target{i}:", 0)
lines[50] = ("odd:", 0)  # to jump 1, 3, ...
end = 100 * (count - 1) + 120  # where f ends and g begins
at = 0
for offset in sorted(lines):
    if offset >= end:
        continue
    if offset != at:
        print(f".skip {offset - at}, 0x90")
    print(lines[offset][0])
    at = offset + lines[offset][1]
print(f".skip {end - at - 1}, 0x90\nret\n.size f, . - f")
print(".type g, @function\ng:\nmov $0, %cl\nnop\n")  # 3 bytes: g + 9 is the last target
print(f".skip 6, 0x90\ntarget{count - 1}:\nret\n.size g, . - g")
print(".globl main\n.type main, @function\nmain:\npush %rbx\nxor %edi, %edi\ncall f\nmov $1, %edi\ncall f\nxor %eax, %eax\npop %rbx\nret\n.size main, . - main")
print('.section .note.GNU-stack, "", @progbits')
