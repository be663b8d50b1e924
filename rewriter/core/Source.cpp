//===- Source.cpp ---------------------------------------------------------===//

#include "rewriter/core/Source.h"
#include <iterator>

namespace hotpad {

namespace {
struct SourceRow {
  llvm::StringRef name, text;
};

// In the order of Source.
constexpr SourceRow kRows[] = {
    {"symbol", "a symbol"},
    {"unwinding", "unwinding information"},
    {"guard-table", "the table of what indirect calls may lead to"},
    {"handler-table", "the table of exception handlers"},
    {"export", "an export"},
    {"entry-point", "the entry point"},
    {"tls-callback", "a thread callback"},
    {"init-array", "an initializer"},
    {"pointer", "a pointer that the loader fills in"},
    {"call", "a direct call"},
    {"list", "a list of entries"},
};
static_assert(std::size(kRows) == kSourceCount);
} // namespace

llvm::StringRef sourceName(Source source) {
  return kRows[static_cast<unsigned>(source)].name;
}

llvm::StringRef sourceText(Source source) {
  return kRows[static_cast<unsigned>(source)].text;
}

} // namespace hotpad
