//===- Json.cpp -----------------------------------------------------------===//

#include "rewriter/tool/Json.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hotpad {

Error writeJson(const Options &options, std::vector<PendingFile> &pending,
                function_ref<void(json::OStream &)> fill) {
  if (!options.json)
    return Error::success();
  std::string text;
  raw_string_ostream buffer(text);
  json::OStream json(buffer, 2);
  fill(json);
  buffer << '\n';
  if (options.jsonFile.empty()) {
    outs() << text;
    return Error::success();
  }
  FileBytes bytes;
  bytes.appendOld(arrayRefFromStringRef(text));
  Expected<PendingFile> file =
      PendingFile::write(options.jsonFile, bytes, /*like=*/"");
  if (!file)
    return file.takeError();
  pending.push_back(std::move(*file));
  return Error::success();
}

Error commitAll(std::vector<PendingFile> &pending) {
  for (PendingFile &file : pending)
    if (Error error = file.commit())
      return error;
  return Error::success();
}

} // namespace hotpad
