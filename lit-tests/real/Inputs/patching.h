//===- patching.h - patches entries as the contract says ------------------===//
//
// One patch, for an entry E (the site S is E, or E+4 behind an endbr):
//
//      slot:  address of the detour                      written first
//      E-6:   FF 25 disp32     jmp *slot(%rip)           then the pad
//                              (32-bit: jmp *slot)
//      S:     EB F8 / EB F4    jmp E-6                   then one 8-byte store
//
// The detour runs the function's own first instruction and goes on. The text is
// RW while it is written and RX again afterwards, never W+X.
//
//===----------------------------------------------------------------------===//
#ifndef PATCHING_H
#define PATCHING_H

#ifdef __x86_64__
#include <Zydis/Zydis.h>
#endif
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { padSize = 6, detourSize = 96, pageSize = 4096 };

struct Patch {
  uint8_t *entry, *site;
  uintptr_t *slot;
  uint8_t *detour;
  uint8_t oldPad[padSize], oldSite[2];
};

static struct Patch *patches;
static size_t entryCount;
static uint64_t *counters; // One per entry, beside the detours.
static int problems;

static void problem(const struct Patch *p, const char *what) {
  fprintf(stderr, "selfpatch: entry %p: %s\n", (void *)p->entry, what);
  problems++;
}

// storeText(page, size, pad, padBytes, word, value, siteFirst): opens the pages
// for writing, stores the pad and the word, and closes them. It lies on a page
// of its own and makes its system calls itself, because while it runs nothing
// else on the opened pages can be executed. The pad comes before the word (to
// apply), or after it (siteFirst, to revert).
long storeText(void *page, size_t size, uint8_t *pad, const uint8_t *padBytes,
               uint64_t *word, uint64_t value, long siteFirst);
extern char storeTextStart[], storeTextEnd[];
struct Emitter {
  uint8_t *at, *end;
};
static void emit(struct Emitter *e, const void *bytes, size_t n) {
  if (e->at + n > e->end)
    abort();
  memcpy(e->at, bytes, n);
  e->at += n;
}
#define EMIT(e, ...)                                                           \
  emit(e, (const uint8_t[]){__VA_ARGS__},                                      \
       sizeof((const uint8_t[]){__VA_ARGS__}))

// A 4-byte field that is relative to its own end plus `after` more bytes.
static int emitRelative(struct Emitter *e, const uint8_t *target, int after) {
  int64_t delta = target - (e->at + 4 + after);
  int32_t field = delta;
  emit(e, &field, 4);
  return field == delta;
}

// What differs: storeText, slotOperand and slotIsInReach, isPadding, emitPush,
// emitCounter and emitSite.
#ifdef __x86_64__
#include "selfpatch64.h"
#else
#include "selfpatch32.h"
#endif

// The word also holds what lies around the site: bytes of this pad, and of a
// neighbour that may be patched already. So it is made from what is there now.
static void store(const struct Patch *p, const uint8_t *pad,
                  const uint8_t *site, long siteFirst) {
  uint8_t *start = p->entry - padSize;
  uint8_t *word = (uint8_t *)((uintptr_t)p->site & -8);
  uint8_t value[8];
  memcpy(value, word, 8);
  if (!siteFirst)
    for (int i = 0; i < padSize; i++)
      if (start + i >= word && start + i < word + 8)
        value[start + i - word] = pad[i];
  memcpy(value + (p->site - word), site, 2);
  uint64_t stored;
  memcpy(&stored, value, 8);
  uintptr_t first = (uintptr_t)start & -pageSize;
  uintptr_t last = (uintptr_t)(word + 7) & -pageSize;
  long rc = storeText((void *)first, last - first + pageSize, start, pad,
                      (uint64_t *)word, stored, siteFirst);
  if (rc) {
    fprintf(stderr, "selfpatch: mprotect: %s\n", strerror(-rc));
    exit(1);
  }
}

static void apply(struct Patch *p) {
  uint8_t pad[padSize] = {0xff, 0x25};
  int32_t operand = slotOperand(p);
  memcpy(pad + 2, &operand, 4);
  uint8_t jump[2] = {0xeb, (uint8_t)(p->entry - padSize - (p->site + 2))};
  __atomic_store_n(p->slot, (uintptr_t)p->detour, __ATOMIC_SEQ_CST);
  store(p, pad, jump, 0);
}

static void revert(struct Patch *p) {
  store(p, p->oldPad, p->oldSite, 1);
  __atomic_store_n(p->slot, 0, __ATOMIC_SEQ_CST);
}

// Memory near the image [low, high): within 2 GB of every entry.
static uint8_t *allocateNear(size_t size, uintptr_t low, uintptr_t high) {
  low &= -pageSize;
  high = (high + pageSize) & -pageSize;
  for (uintptr_t step = 16 << 20; step < 1500u << 20; step += 16 << 20) {
    uintptr_t tries[2] = {low > step + size ? low - step - size : 0,
                          high + step};
    for (int i = 0; i < 2; i++) {
      void *m =
          tries[i]
              ? mmap((void *)(tries[i] & -pageSize), size,
                     PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0)
              : MAP_FAILED;
      if (m != MAP_FAILED)
        return m;
    }
  }
  fprintf(stderr, "selfpatch: no memory near the image\n");
  exit(1);
}

static int byEntry(const void *a, const void *b) {
  const struct Patch *x = a, *y = b;
  return x->entry < y->entry ? -1 : x->entry > y->entry;
}

// An image and what it offers to patchers.
struct Image {
  const int32_t *entries; // 4-byte distances from each field to an entry
  size_t listed;
  uintptr_t *slots;
  size_t slotCount;
  uintptr_t low, high; // its addresses
};

// Reads the list, checks what can be checked without running, builds detours.
static void prepare(const struct Image *image, int counting) {
  size_t listed = image->listed, slots = image->slotCount;
  patches = calloc(listed + 1, sizeof *patches);
  for (size_t i = 0; i < listed; i++) {
    const int32_t *field = image->entries + i;
    uint8_t *entry = (uint8_t *)field + *field;
    if (entry >= (uint8_t *)storeTextStart && entry < (uint8_t *)storeTextEnd)
      continue;
    patches[entryCount++].entry = entry;
  }
  qsort(patches, entryCount, sizeof *patches, byEntry);
  size_t distinct = 0;
  for (size_t i = 0; i < entryCount; i++)
    if (i == 0 || patches[i].entry != patches[distinct - 1].entry)
      patches[distinct++] = patches[i];
  if (distinct != entryCount)
    fprintf(stderr, "selfpatch: %zu entries listed twice\n",
            entryCount - distinct);
  entryCount = distinct;
  if (slots < entryCount || (uintptr_t)image->slots % sizeof(uintptr_t)) {
    fprintf(stderr, "selfpatch: %zu slots for %zu entries\n", slots,
            entryCount);
    exit(1);
  }

  size_t codeSize = (entryCount * detourSize + pageSize) & -pageSize;
  size_t countSize = (entryCount * 8 + pageSize) & -pageSize;
  uint8_t *code = allocateNear(codeSize + countSize, image->low, image->high);
  counters = (uint64_t *)(code + codeSize);
  for (size_t i = 0; i < entryCount; i++) {
    struct Patch *p = patches + i;
    p->site = p->entry + (memcmp(p->entry, endbr, 4) ? 0 : 4);
    p->slot = image->slots + i;
    p->detour = code + i * detourSize;
    memcpy(p->oldPad, p->entry - padSize, padSize);
    memcpy(p->oldSite, p->site, 2);
    if (((uintptr_t)p->site & 7) == 7)
      problem(p, "site is not inside one aligned word");
    if (!isPadding(p->entry - padSize))
      problem(p, "pad is not padding");
    if (*p->slot)
      problem(p, "slot is not zero");
    if (!slotIsInReach(p))
      problem(p, "slot is out of reach");
    struct Emitter e = {p->detour, p->detour + detourSize};
    emit(&e, endbr, sizeof endbr);
    if ((counting && !emitCounter(&e, counters + i)) || !emitSite(&e, p))
      problem(p, "no detour");
  }
  if (mprotect(code, codeSize, PROT_READ | PROT_EXEC)) {
    perror("selfpatch: mprotect");
    exit(1);
  }
}

#endif
