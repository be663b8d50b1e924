//===- ForEachInput.cpp ---------------------------------------------------===//

#include "rewriter/relink/ForEachInput.h"
#include "llvm/Support/Parallel.h"
#include <numeric>
#include <vector>

namespace hotpad::relink {

llvm::Error forEachInput(llvm::ArrayRef<uint64_t> sizes,
                         llvm::function_ref<llvm::Error(size_t)> work) {
  uint64_t total = std::accumulate(sizes.begin(), sizes.end(), uint64_t(0));
  uint64_t share = total / llvm::parallel::strategy.compute_thread_count();

  // Text and not Error: an Error must be looked at by whoever makes it, and a
  // slot per input keeps the order without a lock.
  std::vector<std::string> failures(sizes.size());
  auto run = [&](size_t i) {
    if (llvm::Error error = work(i))
      failures[i] = llvm::toString(std::move(error));
  };

  std::vector<size_t> rest;
  for (size_t i = 0; i != sizes.size(); ++i) {
    if (sizes[i] > share)
      run(i);
    else
      rest.push_back(i);
  }
  llvm::parallelFor(0, rest.size(), [&](size_t i) { run(rest[i]); });

  llvm::Error errors = llvm::Error::success();
  for (const std::string &failure : failures)
    if (!failure.empty())
      errors = llvm::joinErrors(
          std::move(errors),
          llvm::createStringError(llvm::inconvertibleErrorCode(), failure));
  return errors;
}

} // namespace hotpad::relink
