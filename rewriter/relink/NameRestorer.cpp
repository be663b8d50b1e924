//===- NameRestorer.cpp ---------------------------------------------------===//

#include "rewriter/relink/NameRestorer.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace hotpad::relink {

std::string spellPath(llvm::StringRef path, PathStyle style) {
  if (style == PathStyle::Plain)
    return path.str();
  llvm::SmallString<128> clean = path;
  llvm::sys::path::remove_dots(clean, /*remove_dot_dot=*/true);
  std::string quoted;
  size_t backslashes = 0;
  for (char c : clean) {
    if (c == ' ')
      // Backslashes count only before a blank: there each is doubled, and one
      // more quotes the blank.
      quoted.append(backslashes + 1, '\\');
    else if (c == '#')
      quoted += '\\';
    else if (c == '$')
      quoted += '$';
    quoted += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  return quoted;
}

NameRestorer::NameRestorer(llvm::StringRef directory,
                           std::vector<std::string> temporaries,
                           std::vector<std::string> originals)
    : directory(directory), temporaries(std::move(temporaries)),
      originals(std::move(originals)) {}

std::string NameRestorer::restore(llvm::StringRef text, PathStyle style) const {
  // The slash comes after: cleaning a path drops it.
  std::string prefix = spellPath(directory, style) + "/";
  std::string result;
  for (;;) {
    size_t found = text.find(prefix);
    result += text.take_front(found);
    if (found == llvm::StringRef::npos)
      return result;
    text = text.drop_front(found);

    llvm::StringRef number = text.drop_front(prefix.size());
    size_t index;
    if (!number.consumeInteger(10, index) && index < temporaries.size()) {
      std::string name = spellPath(temporaries[index], style);
      if (!name.empty() && text.consume_front(name)) {
        result += spellPath(originals[index], style);
        continue;
      }
    }
    result += prefix;
    text = text.drop_front(prefix.size());
  }
}

llvm::Error NameRestorer::restoreFile(llvm::StringRef path,
                                      PathStyle style) const {
  if (!llvm::sys::fs::is_regular_file(path))
    return llvm::Error::success();
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false,
                                            /*IsVolatile=*/true);
  if (!buffer)
    return llvm::createFileError(path, buffer.getError());
  std::string text = restore((*buffer)->getBuffer(), style);
  if (text == (*buffer)->getBuffer())
    return llvm::Error::success();
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &stream) {
    stream << text;
    return llvm::Error::success();
  });
}

NameRestoringStream::NameRestoringStream(const NameRestorer &names,
                                         llvm::raw_ostream &target)
    : names(names), target(target) {
  // LLD asks the stream whether it may use colours, and writes whole messages.
  SetUnbuffered();
}

NameRestoringStream::~NameRestoringStream() { target << names.restore(line); }

void NameRestoringStream::write_impl(const char *data, size_t size) {
  line.append(data, size);
  position += size;
  size_t end = line.rfind('\n');
  if (end == std::string::npos)
    return;
  target << names.restore(llvm::StringRef(line).take_front(end + 1));
  target.flush();
  line.erase(0, end + 1);
}

} // namespace hotpad::relink
