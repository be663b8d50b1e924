//===- selfpatch64.h - selfpatch.c in 64-bit code -------------------------===//
#ifndef SELFPATCH64_H
#define SELFPATCH64_H

static const uint8_t endbr[] = {0xf3, 0x0f, 0x1e, 0xfa};

__asm__(".pushsection .text.storeText,\"ax\",@progbits\n"
        ".balign 4096\n"
        "storeTextStart:\n"
        ".globl storeText\n"
        "storeText:\n" // No STT_FUNC: a rewriter leaves it alone.
        "  push %rbx\n"
        "  push %r12\n"
        "  push %r13\n"
        "  mov %rdi, %rbx\n" // page
        "  mov %rsi, %r12\n" // size
        "  mov %rdx, %r10\n" // pad
        "  mov %rcx, %r13\n" // padBytes
        "  mov $3, %edx\n"   // PROT_READ | PROT_WRITE
        "  mov $10, %eax\n"  // mprotect
        "  syscall\n"
        "  test %rax, %rax\n"
        "  jnz 9f\n"
        "  mov (%r13), %edi\n"
        "  movzwl 4(%r13), %esi\n"
        "  cmpq $0, 32(%rsp)\n"
        "  jne 1f\n"
        "  mov %edi, (%r10)\n"
        "  mov %si, 4(%r10)\n"
        "  mov %r9, (%r8)\n"
        "  jmp 2f\n"
        "1: mov %r9, (%r8)\n"
        "  mov %edi, (%r10)\n"
        "  mov %si, 4(%r10)\n"
        "2: mov %rbx, %rdi\n"
        "  mov %r12, %rsi\n"
        "  mov $5, %edx\n" // PROT_READ | PROT_EXEC
        "  mov $10, %eax\n"
        "  syscall\n"
        "9: pop %r13\n"
        "  pop %r12\n"
        "  pop %rbx\n"
        "  ret\n"
        ".balign 4096\n"
        "storeTextEnd:\n"
        ".popsection\n");

// The operand of the jump in the pad.
static int32_t slotOperand(const struct Patch *p) {
  return (uint8_t *)p->slot - p->entry;
}

static int slotIsInReach(const struct Patch *p) {
  int64_t reach = (uint8_t *)p->slot - p->entry;
  return reach == (int32_t)reach;
}

// Can `bytes` be padding: int3 or NOPs? A long NOP may have begun before them.
static int isPadding(const uint8_t *pad) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  for (const uint8_t *start = pad; start > pad - 15; start--) {
    const uint8_t *at = start, *end = pad + padSize;
    ZydisDecodedInstruction i;
    while (at < end &&
           ZYAN_SUCCESS(
               ZydisDecoderDecodeInstruction(&decoder, 0, at, end - at, &i)) &&
           (i.mnemonic == ZYDIS_MNEMONIC_NOP || *at == 0xcc))
      at += i.length;
    if (at == end)
      return 1;
  }
  return 0;
}

// Pushes an address without touching a flag or a register.
static void emitPush(struct Emitter *e, const uint8_t *address) {
  uint64_t value = (uint64_t)address;
  uint32_t low = value, high = value >> 32;
  EMIT(e, 0x48, 0x8d, 0x64, 0x24, 0xf8); // lea -8(%rsp), %rsp
  EMIT(e, 0xc7, 0x04, 0x24);             // movl $low, (%rsp)
  emit(e, &low, 4);
  EMIT(e, 0xc7, 0x44, 0x24, 0x04); // movl $high, 4(%rsp)
  emit(e, &high, 4);
}

// Increments *counter; the red zone, all registers and the flags stay.
static int emitCounter(struct Emitter *e, uint64_t *counter) {
  EMIT(e, 0x48, 0x8d, 0x64, 0x24, 0x80); // lea -128(%rsp), %rsp
  EMIT(e, 0x9c);                         // pushf
  EMIT(e, 0xf0, 0x48, 0xff, 0x05);       // lock incq counter(%rip)
  int ok = emitRelative(e, (uint8_t *)counter, 0);
  EMIT(e, 0x9d);                                           // popf
  EMIT(e, 0x48, 0x8d, 0xa4, 0x24, 0x80, 0x00, 0x00, 0x00); // lea 128(%rsp),%rsp
  return ok;
}

// The relocated first instruction. What depends on its address is re-encoded:
// rip-relative operands, direct calls (the return address stays the original
// one, so unwinding sees no detour), jumps and conditional jumps.
static int emitSite(struct Emitter *e, const struct Patch *p) {
  ZydisDecoder decoder;
  ZydisDecodedInstruction i;
  ZydisDecodedOperand o[ZYDIS_MAX_OPERAND_COUNT];
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, p->site, 15, &i, o))) {
    problem(p, "first instruction cannot be decoded");
    return 0;
  }
  if (i.length < 2)
    problem(p, "first instruction is one byte");
  const uint8_t *next = p->site + i.length;
  int ok = 1;
  int isCall = i.meta.category == ZYDIS_CATEGORY_CALL;
  if (i.raw.imm[0].is_relative) {
    const uint8_t *target = next + i.raw.imm[0].value.s;
    if (target == p->site || target == p->site + 1)
      problem(p, "first instruction jumps to the site");
    if (isCall) {
      emitPush(e, next);
      EMIT(e, 0xe9);
    } else if (i.mnemonic == ZYDIS_MNEMONIC_JMP) {
      EMIT(e, 0xe9);
    } else if (i.meta.category == ZYDIS_CATEGORY_COND_BR &&
               ((i.opcode & 0xf0) == 0x70 || (i.opcode & 0xf0) == 0x80)) {
      EMIT(e, 0x0f, 0x80 | (i.opcode & 0xf));
    } else if (i.raw.imm[0].size == 8) { // loop, jrcxz: over a pair of jumps
      emit(e, p->site, i.length - 1);
      EMIT(e, 2, 0xeb, 5, 0xe9);
    } else {
      problem(p, "first instruction not supported by this test");
      return 0;
    }
    ok &= emitRelative(e, target, 0);
    if (isCall || i.mnemonic == ZYDIS_MNEMONIC_JMP)
      return ok;
  } else {
    uint8_t copy[15];
    memcpy(copy, p->site, i.length);
    if (isCall) { // FF /2 becomes a jump, FF /4, behind a push.
      if (i.opcode != 0xff || i.raw.modrm.reg != 2 ||
          o[0].mem.base == ZYDIS_REGISTER_RSP ||
          o[0].reg.value == ZYDIS_REGISTER_RSP) {
        problem(p, "first instruction not supported by this test");
        return 0;
      }
      emitPush(e, next);
      copy[i.raw.modrm.offset] += 2 << 3;
    }
    uint8_t *start = e->at;
    emit(e, copy, i.length);
    if ((i.attributes & ZYDIS_ATTRIB_IS_RELATIVE) && i.raw.disp.size == 32) {
      struct Emitter field = {start + i.raw.disp.offset, e->end};
      ok &= emitRelative(&field, next + i.raw.disp.value,
                         i.length - i.raw.disp.offset - 4);
    }
    if (isCall)
      return ok;
  }
  EMIT(e, 0xe9);
  return ok & emitRelative(e, next, 0);
}

#endif
