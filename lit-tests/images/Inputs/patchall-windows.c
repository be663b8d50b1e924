// Starts a rewritten program and, before any of it runs, patches every function
// that it lists, as the contract says, to a detour that runs the function's own
// first instruction and goes on. The program must behave as ever.
//
//   patchall ROWS PROGRAM.exe [ARGUMENT...]
//
// ROWS is a file of tools/first-instructions.py. The exit status is the
// program's, or 99 when an entry breaks the contract; then nothing is patched.
//
//      slot:  address of the detour        E-6:  FF 25 disp32     jmp *slot
//                                          E:    EB F8            jmp E-6
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winternl.h>

enum { padSize = 6, detourSize = 64, failed = 99 };

struct Row {
  unsigned rva, length;
  char kind; // see first-instructions.py
  int first;
  unsigned target;
};

static HANDLE process;
static uint8_t *base;  // of the program, in its process
static uint8_t *image; // the same bytes here
static IMAGE_NT_HEADERS *headers;
static struct Row *rows;
static size_t count;

static void fail(const char *what, unsigned at) {
  fprintf(stderr, "patchall: %s (0x%x)\n", what, at);
  if (process)
    TerminateProcess(process, failed);
  exit(failed);
}

static void readRows(const char *path) {
  FILE *file = fopen(path, "r");
  char line[128];
  if (!file)
    fail("cannot read the rows", 0);
  while (fgets(line, sizeof(line), file)) {
    if (count % 1024 == 0)
      rows = realloc(rows, (count + 1024) * sizeof(*rows));
    struct Row *row = &rows[count];
    memset(row, 0, sizeof(*row));
    if (sscanf(line, "%u %u %c", &row->rva, &row->length, &row->kind) != 3)
      fail("not a row", count);
    if (row->kind == 'l')
      sscanf(line, "%*u %*u %*c %u", &row->target);
    else
      sscanf(line, "%*u %*u %*c %d %u", &row->first, &row->target);
    count++;
  }
  fclose(file);
}

static void start(char **arguments) {
  static char command[32768];
  for (; *arguments; arguments++) // none has a space
    strcat(strcat(command, *arguments), arguments[1] ? " " : "");
  STARTUPINFOA startup = {.cb = sizeof(startup)};
  PROCESS_INFORMATION made;
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL,
                      NULL, &startup, &made))
    fail("cannot start the program", GetLastError());
  process = made.hProcess;
  PROCESS_BASIC_INFORMATION basic;
  IMAGE_DOS_HEADER dos;
  IMAGE_NT_HEADERS nt;
  if (NtQueryInformationProcess(process, ProcessBasicInformation, &basic,
                                sizeof(basic), NULL))
    fail("no process environment", 0);
  // PEB::ImageBaseAddress is its third pointer.
  void *at = (uint8_t *)basic.PebBaseAddress + 2 * sizeof(void *);
  if (!ReadProcessMemory(process, at, &base, sizeof(base), NULL) ||
      !ReadProcessMemory(process, base, &dos, sizeof(dos), NULL) ||
      !ReadProcessMemory(process, base + dos.e_lfanew, &nt, sizeof(nt), NULL))
    fail("cannot read the program", GetLastError());
  // The loader would adjust what is patched now.
  if ((uintptr_t)base != nt.OptionalHeader.ImageBase)
    fail("not at its preferred address", 0);
  image = malloc(nt.OptionalHeader.SizeOfImage);
  if (!ReadProcessMemory(process, base, image, nt.OptionalHeader.SizeOfImage,
                         NULL))
    fail("cannot read the image", GetLastError());
  headers = (IMAGE_NT_HEADERS *)(image + dos.e_lfanew);
}

// Within 2 GB of the image.
static uint8_t *allocateNear(size_t size) {
  for (uintptr_t step = 16 << 20; step < 1500u << 20; step += 16 << 20)
    for (int up = 0; up < 2; up++) {
      uintptr_t at = ((uintptr_t)base + (up ? step : -step)) & ~0xFFFFull;
      void *memory =
          VirtualAllocEx(process, (void *)at, size, MEM_COMMIT | MEM_RESERVE,
                         PAGE_EXECUTE_READWRITE);
      if (memory)
        return memory;
    }
  fail("no memory near the image", 0);
  return NULL;
}

static void put32(uint8_t **out, int64_t value) {
  int32_t field = (int32_t)value;
  memcpy(*out, &field, 4);
  *out += 4;
}

// The detour of `row` for the address `at`, as bytes at `out`.
static void makeDetour(uint8_t *out, const uint8_t *at, const struct Row *row) {
  const uint8_t *begin = out, *entry = base + row->rva;
  const uint8_t *behind = entry + row->length, *target = base + row->target;
#define DISTANCE(to) ((to) - (at + (out - begin) + 4))
  if (row->kind == 'c' || row->kind == 'r') {
    memcpy(out, image + row->rva, row->length);
    if (row->kind == 'r') {
      int32_t field;
      memcpy(&field, out + row->first, 4);
      field += (int32_t)(entry - at);
      memcpy(out + row->first, &field, 4);
    }
    out += row->length;
  } else if (row->kind == 'j' && row->first < 0) {
    *out++ = 0xE9;
    put32(&out, DISTANCE(target));
  } else if (row->kind == 'j') {
    *out++ = 0x0F;
    *out++ = 0x80 | row->first;
    put32(&out, DISTANCE(target));
  } else { // a call: the return address is the old one
#ifdef _WIN64
    *out++ = 0xFF; // push 5(%rip)
    *out++ = 0x35;
    put32(&out, 5);
    *out++ = 0xE9;
    put32(&out, DISTANCE(target));
    memcpy(out, &behind, sizeof(behind));
    out += sizeof(behind);
#else
    *out++ = 0x68; // push
    put32(&out, (intptr_t)behind);
    *out++ = 0xE9;
    put32(&out, DISTANCE(target));
#endif
  }
  *out++ = 0xE9;
  put32(&out, DISTANCE(behind));
}

static IMAGE_SECTION_HEADER *findSlots(void) {
  IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
  for (int i = 0; i < headers->FileHeader.NumberOfSections; i++, section++)
    if (strncmp((char *)section->Name, ".hpslots", 8) == 0)
      return section;
  fail("no slots", 0);
  return NULL;
}

static void patch(void) {
  IMAGE_SECTION_HEADER *section = findSlots();
  uintptr_t *slots = (uintptr_t *)(image + section->VirtualAddress);
  if (count > section->Misc.VirtualSize / sizeof(*slots))
    fail("too few slots", count);
  uint8_t *detours = allocateNear(count * detourSize);
  uint8_t *bytes = calloc(count, detourSize);
  for (size_t i = 0; i < count; i++)
    makeDetour(bytes + i * detourSize, detours + i * detourSize, &rows[i]);
  for (size_t i = 0; i < count; i++) {
    uint8_t *entry = image + rows[i].rva;
    if (rows[i].length < 2 || (rows[i].rva & 7) == 7)
      fail("the site is no two bytes of one word", rows[i].rva);
    if (slots[i] != 0)
      fail("a slot is in use", rows[i].rva);
    slots[i] = (uintptr_t)(detours + i * detourSize);
    uint8_t *slot = base + ((uint8_t *)&slots[i] - image);
    uint8_t *out = entry - padSize;
    *out++ = 0xFF;
    *out++ = 0x25;
#ifdef _WIN64
    put32(&out, slot - (base + rows[i].rva));
#else
    put32(&out, (intptr_t)slot);
#endif
    memcpy(entry, (const uint8_t[]){0xEB, 0xF8}, 2);
  }
  if (!WriteProcessMemory(process, detours, bytes, count * detourSize, NULL))
    fail("cannot write the detours", GetLastError());
}

// Code and slots, as they are here now.
static void writeBack(void) {
  IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
  const IMAGE_SECTION_HEADER *slots = findSlots();
  for (int i = 0; i < headers->FileHeader.NumberOfSections; i++, section++) {
    uint8_t *at = base + section->VirtualAddress;
    DWORD size = section->Misc.VirtualSize, old;
    if (!(section->Characteristics & IMAGE_SCN_MEM_EXECUTE) && section != slots)
      continue;
    if (!VirtualProtectEx(process, at, size, PAGE_EXECUTE_READWRITE, &old) ||
        !WriteProcessMemory(process, at, image + section->VirtualAddress, size,
                            NULL) ||
        !VirtualProtectEx(process, at, size, old, &old))
      fail("cannot write", section->VirtualAddress);
  }
}

int main(int argc, char **argv) {
  if (argc < 3)
    return failed;
  readRows(argv[1]);
  start(argv + 2);
  patch();
  writeBack();
  fprintf(stderr, "patchall: %u functions patched\n", (unsigned)count);
  fflush(stderr);
  DWORD status;
  // The one thread there is.
  NTSTATUS(NTAPI * resume)(HANDLE) =
      (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtResumeProcess");
  if (!resume || resume(process))
    fail("cannot let it run", 0);
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &status);
  return (int)status;
}
