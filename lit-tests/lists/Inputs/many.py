"""many.py N: N functions, each in a section of its own; fI returns I."""
import sys

for i in range(int(sys.argv[1])):
    print(f'.section .text.f{i}, "ax", @progbits\n.globl f{i}\n.type f{i}, @function')
    print(f"f{i}: push %rbx\nmov ${i}, %eax\npop %rbx\nret\n.size f{i}, . - f{i}")
print('.section .note.GNU-stack, "", @progbits')
