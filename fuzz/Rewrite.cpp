//===- Rewrite.cpp - libFuzzer: any bytes, rewritten ----------------------===//
//
//   cmake --preset fuzz && ninja -C build-fuzz fuzz-Rewrite
//   mkdir corpus && cp some/*.o corpus
//   build-fuzz/bin/fuzz-Rewrite -max_len=20000 -timeout=10 corpus
//
// What it finds becomes a test in lit-tests/errors.
//
//===----------------------------------------------------------------------===//

#include "fuzz/Exercise.h"
#include "llvm/Support/Parallel.h"
#include <cstdlib>

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  llvm::parallel::strategy = llvm::hardware_concurrency(1);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  hotpad::Config config;
  config.verify = true;
  config.stripDebug = true;
  hotpad::Exercised result = hotpad::exercise({data, size}, config);
  if (!result.wrong.empty()) {
    llvm::errs() << result.wrong << '\n';
    abort();
  }
  return 0;
}
