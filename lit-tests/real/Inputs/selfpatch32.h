//===- selfpatch32.h - selfpatch.c in 32-bit code -------------------------===//
//
// Nothing in 32-bit code depends on its address but branches and calls, so the
// length of the first instruction is all there is to decode. (There is no
// 32-bit Zydis to link on a 64-bit Debian.)
//
#ifndef SELFPATCH32_H
#define SELFPATCH32_H

static const uint8_t endbr[] = {0xf3, 0x0f, 0x1e, 0xfb};

__asm__(".pushsection .text.storeText,\"ax\",@progbits\n"
        ".balign 4096\n"
        "storeTextStart:\n"
        ".globl storeText\n"
        "storeText:\n" // No STT_FUNC: a rewriter leaves it alone.
        "  push %ebx\n"
        "  push %esi\n"
        "  push %edi\n"
        "  push %ebp\n"
        "  mov 20(%esp), %ebx\n" // page
        "  mov 24(%esp), %ecx\n" // size
        "  mov $3, %edx\n"       // PROT_READ | PROT_WRITE
        "  mov $125, %eax\n"     // mprotect
        "  int $0x80\n"
        "  test %eax, %eax\n"
        "  jnz 9f\n"
        "  mov 28(%esp), %ebp\n" // pad
        "  mov 32(%esp), %ecx\n" // padBytes
        "  mov (%ecx), %edx\n"
        "  movzwl 4(%ecx), %edi\n"
        "  mov 36(%esp), %esi\n"   // word
        "  movq 40(%esp), %xmm0\n" // value: 8 bytes in one store
        "  cmpl $0, 48(%esp)\n"
        "  jne 1f\n"
        "  mov %edx, (%ebp)\n"
        "  mov %di, 4(%ebp)\n"
        "  movq %xmm0, (%esi)\n"
        "  jmp 2f\n"
        "1: movq %xmm0, (%esi)\n"
        "  mov %edx, (%ebp)\n"
        "  mov %di, 4(%ebp)\n"
        "2: mov 24(%esp), %ecx\n"
        "  mov $5, %edx\n" // PROT_READ | PROT_EXEC
        "  mov $125, %eax\n"
        "  int $0x80\n"
        "9: pop %ebp\n"
        "  pop %edi\n"
        "  pop %esi\n"
        "  pop %ebx\n"
        "  ret\n"
        ".balign 4096\n"
        "storeTextEnd:\n"
        ".popsection\n");

static int32_t slotOperand(const struct Patch *p) { return (int32_t)p->slot; }
static int slotIsInReach(const struct Patch *p) { return p->slot != 0; }

// One instruction, as far as this program needs to know it.
struct Decoded {
  unsigned length;  // 0: not known here.
  unsigned opcode;  // Where it begins, behind prefixes.
  unsigned modrm;   // Where ModRM is; 0: there is none.
  int operandSize;  // 4, or 2 behind a 66.
  int addressSize;  // The same behind a 67.
  int relativeSize; // Bytes of a branch displacement, the last ones.
};

static int isPrefix(uint8_t byte) {
  return memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3", byte, 11) != 0;
}

// Bytes of ModRM, SIB and displacement.
static unsigned modrmSize(const uint8_t *at) {
  unsigned mod = at[0] >> 6, rm = at[0] & 7;
  if (mod == 3)
    return 1;
  unsigned size = rm == 4 ? 2 : 1;
  if (mod == 0 && (rm == 5 || (rm == 4 && (at[1] & 7) == 5)))
    size += 4;
  return size + (mod == 1 ? 1 : mod == 2 ? 4 : 0);
}

// Intel SDM volume 2, appendix A: the one-byte opcodes. Fills in whether there
// is a ModRM byte, and returns the bytes of the immediate.
static int oneByte(const uint8_t *at, struct Decoded *d, int *hasModrm) {
  uint8_t op = *at;
  int reg = (at[1] >> 3) & 7;
  *hasModrm = (op < 0x40 && (op & 7) < 4) || op == 0x69 || op == 0x6b ||
              (op >= 0x80 && op <= 0x8f) || op == 0xc0 || op == 0xc1 ||
              op == 0xc6 || op == 0xc7 || (op >= 0xd0 && op <= 0xd3) ||
              (op >= 0xd8 && op <= 0xdf) || op == 0xf6 || op == 0xf7 ||
              op >= 0xfe;
  if ((op >= 0x70 && op <= 0x7f) || (op >= 0xe0 && op <= 0xe3) || op == 0xeb)
    return d->relativeSize = 1;
  if (op == 0xe8 || op == 0xe9)
    return d->relativeSize = d->operandSize;
  if ((op < 0x40 && (op & 7) == 4) || op == 0x6a || op == 0x6b || op == 0x80 ||
      op == 0x83 || op == 0xa8 || (op >= 0xb0 && op <= 0xb7) || op == 0xc0 ||
      op == 0xc1 || op == 0xc6 || op == 0xcd || (op == 0xf6 && reg < 2))
    return 1;
  if ((op < 0x40 && (op & 7) == 5) || op == 0x68 || op == 0x69 || op == 0x81 ||
      op == 0xa9 || (op >= 0xb8 && op <= 0xbf) || op == 0xc7 ||
      (op == 0xf7 && reg < 2))
    return d->operandSize;
  if (op >= 0xa0 && op <= 0xa3)
    return 4;
  return op == 0xc2 ? 2 : 0;
}

// The opcodes behind 0F.
static int twoByte(const uint8_t *at, struct Decoded *d, int *hasModrm) {
  uint8_t op = *at;
  if (op >= 0x80 && op <= 0x8f)
    return d->relativeSize = d->operandSize;
  *hasModrm = !(op == 0x05 || op == 0x0b || op == 0x31 || op == 0x34 ||
                op == 0x77 || op == 0xa2 || (op >= 0xc8 && op <= 0xcf));
  return (op >= 0x70 && op <= 0x73) || op == 0xa4 || op == 0xac || op == 0xba ||
         op == 0xc2 || (op >= 0xc4 && op <= 0xc6);
}

static struct Decoded decode(const uint8_t *at) {
  struct Decoded d = {0, 0, 0, 4, 4, 0};
  unsigned n = 0;
  for (; n < 4 && isPrefix(at[n]); n++) {
    if (at[n] == 0x66)
      d.operandSize = 2;
    if (at[n] == 0x67)
      d.addressSize = 2;
  }
  d.opcode = n;
  int hasModrm = 0, immediate;
  if ((at[n] == 0xc4 || at[n] == 0xc5) && at[n + 1] >= 0xc0) { // VEX
    int map = at[n] == 0xc5 ? 1 : at[n + 1] & 0x1f;
    n += at[n] == 0xc5 ? 2 : 3;
    immediate = twoByte(at + n, &d, &hasModrm);
    if (map != 1)
      hasModrm = 1, immediate = map == 3;
  } else if (at[n] != 0x0f) {
    immediate = oneByte(at + n, &d, &hasModrm);
  } else if (at[n + 1] == 0x38 || at[n + 1] == 0x3a) {
    immediate = at[n + 1] == 0x3a;
    hasModrm = 1;
    n += 2;
  } else {
    immediate = twoByte(at + ++n, &d, &hasModrm);
  }
  n++;
  if (hasModrm) {
    d.modrm = n;
    if (d.addressSize != 4 && at[n] < 0xc0)
      return d; // 16-bit addresses
    n += modrmSize(at + n);
  }
  d.length = n + immediate;
  return d;
}

// NOP in its own forms, and moves of a register to itself.
static int isNop(const uint8_t *at, const struct Decoded *d) {
  const uint8_t *op = at + d->opcode, *modrm = at + d->modrm;
  if (op[0] == 0x90 || (op[0] == 0x0f && op[1] == 0x1f))
    return 1;
  int reg = (*modrm >> 3) & 7, rm = *modrm & 7;
  if (op[0] == 0x89 || op[0] == 0x8b)
    return *modrm >= 0xc0 && reg == rm;
  if (op[0] != 0x8d || *modrm >= 0xc0)
    return 0;
  const uint8_t *rest = modrm + 1;
  if (rm == 4) { // SIB without index
    if ((*rest & 0x38) != 0x20)
      return 0;
    rm = *rest++ & 7;
  }
  for (; rest < at + d->length; rest++)
    if (*rest)
      return 0;
  return reg == rm;
}

// Can `bytes` be padding: int3 or NOPs? A long NOP may have begun before them.
static int isPadding(const uint8_t *pad) {
  for (const uint8_t *start = pad; start > pad - 15; start--) {
    const uint8_t *at = start, *end = pad + padSize;
    while (at < end) {
      struct Decoded d = decode(at);
      if (*at != 0xcc && (d.length == 0 || !isNop(at, &d)))
        break;
      at += *at == 0xcc ? 1 : d.length;
    }
    if (at == end)
      return 1;
  }
  return 0;
}

// Pushes an address without touching a flag or a register.
static void emitPush(struct Emitter *e, const uint8_t *address) {
  EMIT(e, 0x68);
  emit(e, &address, 4);
}

// Increments the low half of *counter; all registers and the flags stay.
static int emitCounter(struct Emitter *e, uint64_t *counter) {
  EMIT(e, 0x9c);             // pushf
  EMIT(e, 0xf0, 0xff, 0x05); // lock incl counter
  emit(e, &counter, 4);
  EMIT(e, 0x9d); // popf
  return 1;
}

// A branch to `target` instead of the one at `op`; leaves `e` behind it.
static void emitBranch(struct Emitter *e, const struct Patch *p,
                       const struct Decoded *d, const uint8_t *target) {
  const uint8_t *op = p->site + d->opcode;
  if (*op == 0xe8)
    emitPush(e, p->site + d->length);
  if (*op == 0xe8 || *op == 0xe9 || *op == 0xeb) {
    EMIT(e, 0xe9);
  } else if (*op == 0x0f || (*op & 0xf0) == 0x70) {
    EMIT(e, 0x0f, 0x80 | ((*op == 0x0f ? op[1] : *op) & 0xf));
  } else { // loop, jecxz: over a pair of jumps
    emit(e, p->site, d->length - 1);
    EMIT(e, 2, 0xeb, 5, 0xe9);
  }
  emitRelative(e, target, 0);
}

// The relocated first instruction. Calls push the original return address, so
// unwinding sees no detour, and code that takes it to learn where it is learns
// the same.
static int emitSite(struct Emitter *e, const struct Patch *p) {
  struct Decoded d = decode(p->site);
  const uint8_t *op = p->site + d.opcode, *next = p->site + d.length;
  if (d.length == 0 || (d.relativeSize != 0 && d.operandSize != 4)) {
    problem(p, "first instruction not supported by this test");
    return 0;
  }
  if (d.length < 2)
    problem(p, "first instruction is one byte");
  if (d.relativeSize) {
    int32_t field = (int8_t)next[-1];
    if (d.relativeSize == 4)
      memcpy(&field, next - 4, 4);
    const uint8_t *target = next + field;
    if (target == p->site || target == p->site + 1)
      problem(p, "first instruction jumps to the site");
    emitBranch(e, p, &d, target);
  } else {
    uint8_t copy[15];
    memcpy(copy, p->site, d.length);
    uint8_t *modrm = copy + d.modrm;
    int isCall = *op == 0xff && (*modrm & 0x38) == 2 << 3;
    if (isCall) { // FF /2 becomes a jump, FF /4, behind a push.
      if ((*modrm & 7) == 4) {
        problem(p, "first instruction not supported by this test");
        return 0;
      }
      emitPush(e, next);
      *modrm += 2 << 3;
    }
    emit(e, copy, d.length);
  }
  EMIT(e, 0xe9);
  return emitRelative(e, next, 0);
}

#endif
