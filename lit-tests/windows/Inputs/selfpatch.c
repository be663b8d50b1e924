// Proves that every listed function can be patched on Windows: this main()
// patches the functions of its own program, as the contract says, to a detour
// that runs the function's own first instruction and goes on. Nothing may change.
//
//   prog all ROWS    patch everything at once, run the workload, revert
//   prog each ROWS   patch one function, run the workload (quick), revert; next
//
// ROWS is a file of tools/first-instructions.py. Reports go to stderr, results to
// stdout. Exit status 1: something differed, or an entry breaks the contract.
//
//      slot:  address of the detour                      written first
//      E-6:   FF 25 disp32     jmp *slot                 then the pad
//      E:     EB F8            jmp E-6                   then one 8-byte store
#include "workload.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { padSize = 6, detourSize = 64, mostEntries = 20000 };

struct Patch {
  uint8_t *entry, *detour;
  uintptr_t *slot;
  uint8_t oldPad[padSize], oldSite[2];
};

static struct Patch patches[mostEntries];
static size_t count;
static int problems;

static void problem(const struct Patch *p, const char *what) {
  fprintf(stderr, "selfpatch: entry %p: %s\n", (void *)p->entry, what);
  problems++;
}

static uint8_t *base(void) { return (uint8_t *)GetModuleHandleA(NULL); }

static IMAGE_NT_HEADERS *headers(void) {
  return (IMAGE_NT_HEADERS *)(base() + ((IMAGE_DOS_HEADER *)base())->e_lfanew);
}

// .text, and in a rewritten image .hotpad.
static void protectCode(DWORD protection) {
  IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers());
  DWORD old;
  for (int i = 0; i < headers()->FileHeader.NumberOfSections; i++, section++)
    if (section->Characteristics & IMAGE_SCN_MEM_EXECUTE)
      VirtualProtect(base() + section->VirtualAddress,
                     section->Misc.VirtualSize, protection, &old);
}

static IMAGE_SECTION_HEADER *findSection(const char *name) {
  IMAGE_NT_HEADERS *nt = headers();
  IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);
  for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++)
    if (strncmp((char *)section->Name, name, 8) == 0)
      return section;
  fprintf(stderr, "selfpatch: no section %s\n", name);
  exit(1);
}

// Within 2 GB of the image.
static uint8_t *allocateNear(size_t size) {
  for (uintptr_t step = 16 << 20; step < 1500u << 20; step += 16 << 20)
    for (int up = 0; up < 2; up++) {
      uintptr_t at = (uintptr_t)base() + (up ? step : -step);
      void *memory = VirtualAlloc((void *)(at & ~(uintptr_t)0xFFFF), size,
                                  MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
      if (memory)
        return memory;
    }
  fprintf(stderr, "selfpatch: no memory near the image\n");
  exit(1);
}

static void put32(uint8_t **at, int64_t value) {
  int32_t field = (int32_t)value;
  memcpy(*at, &field, 4);
  *at += 4;
}
static void putJump(uint8_t **at, const uint8_t *target) {
  *(*at)++ = 0xE9;
  put32(at, target - (*at + 4));
}

// The first instruction, somewhere else, and a jump behind it.
static void makeDetour(struct Patch *p, int length, char kind, int first,
                       unsigned target) {
  uint8_t *at = p->detour;
  const uint8_t *behind = p->entry + length;
  if (kind == 'c' || kind == 'r') {
    memcpy(at, p->entry, length);
    if (kind == 'r') {
      int32_t field;
      memcpy(&field, at + first, 4);
      field += (int32_t)(p->entry - at);
      memcpy(at + first, &field, 4);
    }
    at += length;
  } else if (kind == 'j' && first < 0) {
    putJump(&at, base() + target);
  } else if (kind == 'j') {
    *at++ = 0x0F;
    *at++ = 0x80 | first;
    put32(&at, base() + target - (at + 4));
  } else { // a call: the return address is the old one
#ifdef _WIN64
    *at++ = 0xFF; // push 5(%rip)
    *at++ = 0x35;
    put32(&at, 5);
    putJump(&at, base() + target);
    memcpy(at, &behind, sizeof(behind));
    at += sizeof(behind);
#else
    *at++ = 0x68;
    put32(&at, (int32_t)behind);
    putJump(&at, base() + target);
#endif
  }
  putJump(&at, behind);
}

static int isPadding(const uint8_t *at) {
  static const uint8_t nops[] = {0x66, 0x0F, 0x1F, 0x2E, 0x84, 0x80, 0x40,
                                 0x44, 0x00, 0x90, 0x8D, 0x76, 0x74, 0x26,
                                 0xB6, 0xB4, 0xCC, 0xEB, 0x04};
  return memchr(nops, *at, sizeof(nops)) != NULL;
}

static void storeSite(struct Patch *p, const uint8_t *bytes) {
  uint64_t *word = (uint64_t *)((uintptr_t)p->entry & ~(uintptr_t)7);
  uint64_t value = *word;
  memcpy((uint8_t *)&value + (p->entry - (uint8_t *)word), bytes, 2);
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static void apply(struct Patch *p) {
  *p->slot = (uintptr_t)p->detour;
#ifdef _WIN64
  int32_t operand = (int32_t)((uint8_t *)p->slot - p->entry);
#else
  int32_t operand = (int32_t)p->slot;
#endif
  p->entry[-6] = 0xFF;
  p->entry[-5] = 0x25;
  memcpy(p->entry - 4, &operand, 4);
  storeSite(p, (const uint8_t[]){0xEB, 0xF8});
}

static void revert(struct Patch *p) {
  storeSite(p, p->oldSite);
  memcpy(p->entry - padSize, p->oldPad, padSize);
  *p->slot = 0;
}

static void readRows(const char *path) {
  FILE *rows = fopen(path, "r");
  IMAGE_SECTION_HEADER *slots = findSection(".hpslots");
  uintptr_t *slot = (uintptr_t *)(base() + slots->VirtualAddress);
  uintptr_t *lastSlot = slot + slots->Misc.VirtualSize / sizeof(*slot);
  uint8_t *detours = allocateNear(mostEntries * detourSize);
  unsigned rva, length, target;
  char line[128], kind;
  while (rows && fgets(line, sizeof(line), rows) && count != mostEntries) {
    int first = 0;
    target = 0;
    if (sscanf(line, "%u %u %c", &rva, &length, &kind) != 3)
      break;
    if (kind == 'l')
      sscanf(line, "%*u %*u %*c %u", &target);
    else
      sscanf(line, "%*u %*u %*c %d %u", &first, &target);
    struct Patch *p = &patches[count];
    p->entry = base() + rva;
    p->detour = detours + count * detourSize;
    p->slot = slot++;
    memcpy(p->oldPad, p->entry - padSize, padSize);
    memcpy(p->oldSite, p->entry, 2);
    if (length < 2 || ((uintptr_t)p->entry & 7) == 7)
      problem(p, "the site is no two bytes of one word");
    for (int i = 1; i <= padSize; i++)
      if (!isPadding(p->entry - i))
        problem(p, "no padding");
    if (p->slot >= lastSlot || *p->slot != 0)
      problem(p, "no slot");
    makeDetour(p, length, kind, first, target);
    count++;
  }
  DWORD old;
  VirtualProtect(detours, mostEntries * detourSize, PAGE_EXECUTE_READ, &old);
}

/// One file for all runs: making thousands fails now and then. A zero ends what
/// this run wrote. (The small runtime of some tests has little more than fprintf.)
static char *results(int *failed) {
  static FILE *file;
  static char text[1 << 16];
  if (!file && !(file = tmpfile())) {
    fprintf(stderr, "selfpatch: no temporary file can be made\n");
    exit(2);
  }
  rewind(file);
  *failed = workload(file, 1);
  fprintf(file, "%d%c", *failed, 0);
  memset(text, 0, sizeof(text));
  rewind(file);
  fread(text, 1, sizeof(text) - 1, file);
  return text;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  readRows(argv[2]);
  // For a test the text may be both for a while; a patcher does better.
  protectCode(PAGE_EXECUTE_READWRITE);
  if (strcmp(argv[1], "all") == 0) {
    for (size_t i = 0; i != count; i++)
      apply(&patches[i]);
    problems += workload(stdout, 0);
    fflush(stdout);
    for (size_t i = 0; i != count; i++)
      revert(&patches[i]);
  } else {
    int failed;
    char *reference = strdup(results(&failed));
    for (size_t i = 0; i != count && !failed; i++) {
      apply(&patches[i]);
      int differs = strcmp(results(&failed), reference) != 0;
      revert(&patches[i]);
      if (differs || failed)
        problem(&patches[i], "patched, the results differ");
    }
    problems += failed || strlen(reference) < 100;
  }
  protectCode(PAGE_EXECUTE_READ);
  fprintf(stderr, "selfpatch: %u functions patched, %d problems\n",
          (unsigned)count, problems);
  return problems != 0 || count == 0;
}
