//===- RewriteFile.cpp - objects and archives, by content -----------------===//

#include "rewriter/Rewriter.h"
#include "rewriter/archive/Archive.h"
#include "rewriter/formats/Formats.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace hotpad {

/// LTO bitcode, bare or wrapped.
static bool isBitcode(ArrayRef<uint8_t> bytes) {
  StringRef start = toStringRef(bytes).take_front(4);
  return start == "BC\xC0\xDE" || start == StringRef("\xDE\xC0\x17\x0B", 4);
}

static bool hasCode(Content content) {
  return content == Content::Object || content == Content::Image;
}

static Expected<Rewritten>
rewriteArchive(ArrayRef<uint8_t> file, StringRef path, const Config &config) {
  Expected<archive::Archive> archive = archive::readArchive(file, path);
  if (!archive)
    return archive.takeError();
  size_t count = archive->members.size();
  std::vector<std::optional<Expected<Rewritten>>> results(count);
  parallelFor(0, count, [&](size_t i) {
    const archive::Member &member = archive->members[i];
    if (hasCode(recognise(member.data)))
      results[i].emplace(rewriteObject(
          member.data, (path + "(" + member.name + ")").str(), config));
  });

  Rewritten whole;
  std::vector<std::optional<std::vector<uint8_t>>> contents(count);
  std::vector<StringRef> passed;
  bool anyChange = archive->isThin;
  Error firstError = Error::success();
  for (size_t i = 0; i != count; ++i) {
    if (!results[i]) {
      if (recognise(archive->members[i].data) == Content::Unknown)
        passed.push_back(archive->members[i].name);
      continue;
    }
    if (!*results[i]) {
      // The first in the archive's order, whichever thread found one first.
      Error error = results[i]->takeError();
      if (firstError)
        consumeError(std::move(error));
      else
        firstError = std::move(error);
      continue;
    }
    if ((*results[i])->bytes)
      contents[i] = std::move(*(*results[i])->bytes).takeWhole();
    anyChange |= contents[i].has_value();
    whole.report.add(std::move((*results[i])->report));
  }
  if (firstError)
    return firstError;
  if (!passed.empty())
    whole.report.warnings.push_back(
        (path + ": " + Twine(passed.size()) + " of " + Twine(count) +
         " members are no objects and pass through unchanged (the first: " +
         passed.front() + ")")
            .str());
  if (!anyChange)
    return whole;
  Expected<std::vector<uint8_t>> bytes =
      archive::writeArchive(*archive, path, contents);
  if (!bytes)
    return bytes.takeError();
  whole.bytes.emplace(std::move(*bytes));
  return whole;
}

Expected<Rewritten> rewrite(MemoryBufferRef input, const Config &config) {
  ArrayRef<uint8_t> bytes = arrayRefFromStringRef(input.getBuffer());
  StringRef path = input.getBufferIdentifier();
  if (archive::isArchive(bytes))
    return rewriteArchive(bytes, path, config);
  Content content = recognise(bytes);
  if (content == Content::Image)
    return rewriteImage(bytes, path.str(), config);
  if (content == Content::Object)
    return rewriteObject(bytes, path.str(), config);
  if (isBitcode(bytes)) {
    Rewritten same;
    same.report.warnings.push_back(
        (path + ": LTO bitcode passes through unchanged").str());
    return same;
  }
  return createStringError(path + ": neither an object nor an archive" +
                           (bytes.empty() ? " (the file is empty)" : ""));
}

} // namespace hotpad
