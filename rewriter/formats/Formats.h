//===- Formats.h - the file formats, recognised by content ------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_FORMATS_FORMATS_H
#define HOTPAD_REWRITER_FORMATS_FORMATS_H

#include "rewriter/core/Content.h"
#include "rewriter/core/ObjectFile.h"
#include <memory>

namespace hotpad {

struct FileFormat {
  const char *name;
  Content (*recognise)(llvm::ArrayRef<uint8_t> bytes);
  llvm::Expected<std::unique_ptr<ObjectFile>> (*read)(
      llvm::ArrayRef<uint8_t> bytes, std::string name, Mode mode);
};

llvm::ArrayRef<FileFormat> allFormats();

Content recognise(llvm::ArrayRef<uint8_t> bytes);

/// Reads an object or an image; every header field, section, symbol and
/// relocation is checked. \p bytes must outlive the result; \p name is for
/// messages. Fails when \p bytes are not of the kind \p mode asks for.
llvm::Expected<std::unique_ptr<ObjectFile>>
readFile(llvm::ArrayRef<uint8_t> bytes, std::string name, Mode mode);

} // namespace hotpad

#endif
