//===- Library.cpp --------------------------------------------------------===//

#include "patcher/linux/Library.h"
#include "patcher/linux/BorrowedThread.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;
using namespace llvm::object;

namespace hotpad::live {

Expected<std::unique_ptr<Patch>> LibraryPatch::read(const Process &process,
                                                    const std::string &path) {
  auto patch = std::make_unique<LibraryPatch>();
  patch->path = path;
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError(path + ": " + buffer.getError().message());
  auto object = ObjectFile::createELFObjectFile((*buffer)->getMemBufferRef());
  if (!object)
    return createStringError(path + ": " + toString(object.takeError()));
  const auto &elf = cast<ELFObjectFileBase>(**object);
  const Abi &abi = process.abi();
  if (elf.getEMachine() != abi.elfMachine ||
      elf.getBytesInAddress() != abi.wordSize)
    return createStringError(path + ": not for " + abi.name + ", but process " +
                             Twine(process.pid()) + " is");
  for (const ELFSymbolRef &symbol : elf.getDynamicSymbolIterators()) {
    Expected<uint32_t> flags = symbol.getFlags();
    Expected<StringRef> name = symbol.getName();
    if (!flags || !name) {
      consumeError(flags.takeError());
      consumeError(name.takeError());
      continue;
    }
    if (symbol.getELFType() == ELF::STT_FUNC &&
        !(*flags & SymbolRef::SF_Undefined))
      patch->names.push_back(name->str());
  }
  return patch;
}

Error LibraryPatch::prepare(const Process &process, const Images &images,
                            const Image *) {
  if (!images.exported("dlopen") || !images.exported("dlerror"))
    return process.error("it has no dlopen: a static program loads no shared "
                         "library, but object files can be applied to it");
  // The loader knows libraries by name, and would not load this one.
  for (const std::unique_ptr<Image> &other : images.all())
    if (other->path == path && !images.byFile(path, process))
      return process.error(path +
                           ": another file of this name is loaded "
                           "already: give the new one a name of its own");
  return Error::success();
}

uint64_t LibraryPatch::address(StringRef function) const {
  const ImageSymbol *symbol = image ? image->exported(function) : nullptr;
  return symbol ? symbol->address : 0;
}

static Expected<std::string> readString(const Process &process,
                                        uint64_t address) {
  std::string text;
  for (uint8_t byte = 1; text.size() != 1000; ++address) {
    if (Error error = process.read(address, MutableArrayRef(&byte, 1)))
      return error;
    if (byte == 0)
      break;
    text += static_cast<char>(byte);
  }
  return text;
}

Error LibraryPatch::load(Process &process, const Images &images,
                         BorrowedThread &thread) {
  const ImageSymbol *open = images.exported("dlopen");
  const ImageSymbol *explain = images.exported("dlerror");
  if (const ImageSymbol *symbol = images.exported("dlclose"))
    close = symbol->address;
  Expected<uint64_t> name = thread.putString(path);
  if (!name)
    return name.takeError();
  constexpr uint64_t kNow = 2; // RTLD_NOW, and RTLD_LOCAL, which is 0
  Expected<uint64_t> result = thread.call(open->address, {*name, kNow});
  if (!result)
    return result.takeError();
  handle = *result;
  if (handle == 0) {
    Expected<uint64_t> why = thread.call(explain->address, {});
    if (!why)
      return why.takeError();
    Expected<std::string> text =
        *why != 0 ? readString(process, *why) : std::string("dlopen failed");
    if (!text)
      return text.takeError();
    return process.error("its loader refuses the patch: " + *text);
  }
  Expected<Images> now = Images::read(process);
  if (!now)
    return now.takeError();
  loaded = std::make_unique<Images>(std::move(*now));
  image = loaded->byFile(path, process);
  if (!image)
    return process.error(path +
                         ": the loader says that it is loaded, but it is "
                         "not mapped");
  return Error::success();
}

Error LibraryPatch::unload(BorrowedThread &thread) {
  if (handle == 0 || close == 0)
    return Error::success();
  Expected<uint64_t> done = thread.call(close, {handle});
  return done ? Error::success() : done.takeError();
}

} // namespace hotpad::live
