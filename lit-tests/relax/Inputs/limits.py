"""limits.py BRANCH PADS: assembly in which a short BRANCH leads across PADS
functions, forward and backward, over every distance from 90 bytes up to its
limit. main returns 0 when every one of them arrives."""
import sys

branch, pads = sys.argv[1], int(sys.argv[2])
print(".text")
names = []


def function(name, body):
    print(f".type {name}, @function\n{name}:\n{body}\n.size {name}, . - {name}")


def filler(total):
    """`pads` functions with together `total` bytes, none of which runs."""
    for i in range(pads):
        size = total // pads + (i < total % pads)
        function(f"fill{len(names)}_{i}", "\n".join(["ud2"] * (size // 2)) + ("\nint3" if size % 2 else ""))


# What makes the branch taken, with 3 in ecx for loops.
setup = {"jrcxz": "xor %ecx, %ecx", "jecxz": "xor %ecx, %ecx"}.get(branch, "mov $3, %ecx")
flags = "cmp %eax, %eax" if not branch.startswith("loopne") else "test %esp, %esp"
for distance in range(126 - 14 * pads if 126 - 14 * pads > 2 * pads else 2 * pads, 128):
    name = f"forward{distance}"
    function(name, f"{setup}\n{flags}\n{branch} {name}Target\nud2")
    filler(distance - 2)
    function(f"{name}Target", "mov $1, %eax\nret")
    names.append(name)
for distance in range(126 - 14 * pads if 126 - 14 * pads > 20 + 2 * pads else 20 + 2 * pads, 129):
    name = f"backward{distance}"
    function(f"{name}Target", "mov $1, %eax\nret")  # 6 bytes
    before = {"jrcxz": 2, "jecxz": 2}.get(branch, 5) + 2  # setup and flags
    length = 3 if branch.startswith(("bnd", "jecxz", "notrack")) or ",p" in branch else 2
    filler(distance - 6 - before - length)
    function(name, f"{setup}\n{flags}\n{branch} {name}Target\nud2")
    names.append(name)
print(".globl main\n.type main, @function\nmain:\npush %rbx\nxor %ebx, %ebx")
for name in names:
    print(f"xor %eax, %eax\ncall {name}\nadd %eax, %ebx")
print(f"lea -{len(names)}(%rbx), %eax\npop %rbx\nret\n.size main, . - main")
print('.section .note.GNU-stack, "", @progbits')
