// A library to preload: patches every listed function of the program, before
// main runs, to a detour that runs the function's own first instruction and goes
// on. The program must behave as ever.
#define _GNU_SOURCE
#include "../../real/Inputs/patching.h"
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

static int findProgram(struct dl_phdr_info *info, size_t size, void *image) {
  struct Image *result = image;
  (void)size;
  result->low = -1;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD) {
      uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
      uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;
      if (begin < result->low)
        result->low = begin;
      if (end > result->high)
        result->high = end;
    }
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status))
    exit(1);
  const char *bytes =
      mmap(0, status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (bytes == MAP_FAILED)
    exit(1);
  const ElfW(Ehdr) *header = (const void *)bytes;
  const ElfW(Shdr) *sections = (const void *)(bytes + header->e_shoff);
  const char *names = bytes + sections[header->e_shstrndx].sh_offset;
  for (int i = 0; i < header->e_shnum; i++) {
    const char *name = names + sections[i].sh_name;
    void *address = (void *)(info->dlpi_addr + sections[i].sh_addr);
    if (!strcmp(name, "hotpad_entries")) {
      result->entries = address;
      result->listed = sections[i].sh_size / 4;
    }
    if (!strcmp(name, "hotpad_slots")) {
      result->slots = address;
      result->slotCount = sections[i].sh_size / sizeof(uintptr_t);
    }
  }
  return 1; // the program comes first
}

__attribute__((constructor)) static void patchAll(void) {
  struct Image image = {0};
  unsetenv("LD_PRELOAD"); // not for programs that this one starts
  dl_iterate_phdr(findProgram, &image);
  prepare(&image, 0);
  if (problems)
    exit(1);
  for (size_t i = 0; i < entryCount; i++)
    apply(patches + i);
  if (getenv("PATCHALL_REPORT"))
    fprintf(stderr, "patched %zu functions\n", entryCount);
}
