//===- Formats.cpp --------------------------------------------------------===//

#include "rewriter/formats/Formats.h"
#include "rewriter/coff/ImageReader.h"
#include "rewriter/coff/Object.h"
#include "rewriter/elf/Object.h"

using namespace llvm;

namespace hotpad {

ArrayRef<FileFormat> allFormats() {
  static constexpr FileFormat kFormats[] = {
      {"ELF", elf::recognise, elf::read},
      {"COFF", coff::recognise, coff::read},
      {"PE", coff::recogniseImage, coff::readImage},
  };
  return kFormats;
}

static const FileFormat *findFormat(ArrayRef<uint8_t> bytes) {
  for (const FileFormat &format : allFormats())
    if (format.recognise(bytes) != Content::Unknown)
      return &format;
  return nullptr;
}

Content recognise(ArrayRef<uint8_t> bytes) {
  const FileFormat *format = findFormat(bytes);
  return format ? format->recognise(bytes) : Content::Unknown;
}

Expected<std::unique_ptr<ObjectFile>> readFile(ArrayRef<uint8_t> bytes,
                                               std::string name, Mode mode) {
  const FileFormat *format = findFormat(bytes);
  if (!format)
    return createStringError(name + ": neither an object nor a linked image");
  return format->read(bytes, std::move(name), mode);
}

} // namespace hotpad
