// Proves that every listed function can really be patched: this main() patches
// the functions of its own program, as the contract says, to a detour that runs
// the function's own first instruction and goes on, and runs the workload.
// Nothing may change.
//
//   prog all   patch everything at once, run the workload in full, revert
//   prog each  patch one function, run the workload (quick), revert; next
//   prog count like all (quick), but each detour counts: which functions ran?
//   prog names like count, and prints the name of each function that ran (link
//              with -rdynamic) and how often it was entered, not the results
//   prog list  print the entries' addresses
//
// The workload's results of the unpatched program are the reference. Reports go
// to stderr, the (patched) results to stdout. Exit status 1: something differed
// or an entry does not keep the contract.
//
// This file itself may be linked from unrewritten or rewritten code.
#define _GNU_SOURCE
#include "patching.h"
#include "workload.h"

#define section __attribute__((weak, visibility("hidden")))
extern uintptr_t __start_hotpad_slots[] section, __stop_hotpad_slots[] section;
extern const int32_t __start_hotpad_entries[] section,
    __stop_hotpad_entries[] section;

// Linker-made symbols around the image; they only steer where detours go.
extern char __executable_start[], _end[];

// The workload's results as text.
struct Results {
  char *text;
  size_t size;
  int status;
};
static struct Results capture(int quick) {
  struct Results r = {0};
  fflush(stdout);
  FILE *out = open_memstream(&r.text, &r.size);
  r.status = workload(out, quick);
  fclose(out);
  return r;
}
static void compare(const struct Results *expected, struct Results *got,
                    const struct Patch *p) {
  if (expected->status != got->status || expected->size != got->size ||
      memcmp(expected->text, got->text, got->size)) {
    if (p)
      problem(p, "results differ when this function is patched");
    else
      fprintf(stderr, "selfpatch: results differ\n"), problems++;
  }
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "all";
  int each = !strcmp(mode, "each"), naming = !strcmp(mode, "names");
  int counting = naming || !strcmp(mode, "count");
  int quick = each || counting;
  struct Image image = {
      __start_hotpad_entries,
      (size_t)(__stop_hotpad_entries - __start_hotpad_entries),
      __start_hotpad_slots,
      (size_t)(__stop_hotpad_slots - __start_hotpad_slots),
      (uintptr_t)__executable_start,
      (uintptr_t)_end};
  prepare(&image, counting);
  if (!strcmp(mode, "list")) {
    for (size_t i = 0; i < entryCount; i++)
      printf("%p\n", (void *)patches[i].entry);
    return problems != 0;
  }
  size_t done = 0;
  if (problems == 0) {
    struct Results expected = capture(quick), got = {0};
    if (expected.status || expected.size == 0)
      fprintf(stderr, "selfpatch: the workload fails unpatched\n"), problems++;
    for (size_t i = 0; i < entryCount; i++) {
      apply(patches + i);
      done++;
      if (!each)
        continue;
      got = capture(quick);
      revert(patches + i);
      compare(&expected, &got, patches + i);
      free(got.text);
    }
    if (!each) {
      got = capture(quick);
      for (size_t i = 0; i < entryCount; i++)
        revert(patches + i);
      compare(&expected, &got, 0);
      if (!naming)
        fwrite(got.text, 1, got.size, stdout);
      free(got.text);
    }
    // And unpatched again.
    got = capture(quick);
    compare(&expected, &got, 0);
    free(got.text);
    free(expected.text);
  }
  fprintf(stderr, "selfpatch: %s: patched %zu of %zu, %d problems\n", mode,
          done, entryCount, problems);
  if (counting) {
    size_t ran = 0;
    for (size_t i = 0; i < entryCount; i++) {
      Dl_info info = {0};
      ran += counters[i] != 0;
      if (naming && counters[i] && dladdr(patches[i].entry, &info))
        printf("%s %lu\n", info.dli_sname ? info.dli_sname : "?",
               (unsigned long)counters[i]);
    }
    fprintf(stderr, "selfpatch: %zu of %zu ran\n", ran, entryCount);
  }
  return problems != 0 || done == 0;
}
