//===- Rewriter.h - makes one input hot-patchable ---------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_REWRITER_H
#define HOTPAD_REWRITER_REWRITER_H

#include "rewriter/core/Config.h"
#include "rewriter/core/FileBytes.h"
#include "rewriter/core/Skip.h"
#include "llvm/Support/MemoryBuffer.h"
#include <optional>
#include <utility>
#include <vector>

namespace hotpad {

struct SkippedFunction {
  std::string file; ///< `libfoo.a(bar.o)`
  std::string section;
  uint64_t offset = 0; ///< Old, in the section.
  std::string name;
  SkipReason reason = SkipReason::None;
};

/// What happened, for people and for --json.
struct Report {
  uint64_t functions = 0; ///< Known functions.
  uint64_t patchable = 0; ///< Of these, hot-patchable afterwards.
  uint64_t widened = 0;   ///< First instruction got a prefix.
  uint64_t nops = 0;      ///< First instruction got a NOP before it.
  uint64_t padded = 0;    ///< Padding was added or replaced.
  bool isImage = false;
  uint64_t native = 0;           ///< Images: conform where they are.
  uint64_t displacedEntries = 0; ///< Images: begin with a jump to what moved.
  uint64_t displacedTails = 0;   ///< Images: what stood before them moved.
  uint64_t forwarded = 0;        ///< Images: have a copy that conforms.
  uint64_t parts = 0;      ///< Images: no functions, and left as they are.
  uint64_t codeBefore = 0; ///< Bytes of executable sections.
  uint64_t codeAfter = 0;
  uint64_t members = 0; ///< Objects seen (1 for an object).
  std::vector<SkippedFunction> skipped;
  std::vector<std::string> warnings;
  /// Seconds spent in each step, summed over threads.
  std::vector<std::pair<const char *, double>> seconds;

  void add(Report &&other);
};

/// The rewritten file. No `bytes`: nothing had to change. Some of them may be
/// those of the input, which has to stay.
struct Rewritten {
  std::optional<FileBytes> bytes;
  Report report;
};

/// Rewrites one object. \p name is for messages.
llvm::Expected<Rewritten> rewriteObject(llvm::ArrayRef<uint8_t> file,
                                        std::string name, const Config &config);

/// Rewrites one linked image.
llvm::Expected<Rewritten> rewriteImage(llvm::ArrayRef<uint8_t> file,
                                       std::string name, const Config &config);

/// Rewrites an object, an image or an archive, recognised by content.
llvm::Expected<Rewritten> rewrite(llvm::MemoryBufferRef input,
                                  const Config &config);

} // namespace hotpad

#endif
