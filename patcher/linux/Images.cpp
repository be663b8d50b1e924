//===- Images.cpp ---------------------------------------------------------===//

#include "patcher/linux/Images.h"
#include "patcher/linux/ElfFile.h"
#include "patcher/linux/Twin.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include <map>
#include <sys/stat.h>

using namespace llvm;
using namespace llvm::object;

namespace hotpad::live {

namespace {

constexpr StringRef kDeleted = " (deleted)";

/// The file behind \p mapping: by the kernel's own link to it, which leads to
/// deleted files, too, but is for privileged users; else by its name.
Expected<std::unique_ptr<MemoryBuffer>>
openMapped(const Process &process, const Mapping &mapping, bool isProgram) {
  std::string folder = "/proc/" + std::to_string(process.pid()) + "/";
  std::string link = folder + "map_files/" + utohexstr(mapping.begin, true) +
                     "-" + utohexstr(mapping.end, true);
  StringRef name = mapping.path;
  bool isDeleted = name.consume_back(kDeleted);
  for (const std::string &path : {link, isProgram ? folder + "exe" : "",
                                  isDeleted ? "" : process.inItsRoot(name)}) {
    struct stat status;
    if (path.empty() || stat(path.c_str(), &status) != 0)
      continue;
    if (!S_ISREG(status.st_mode) || status.st_ino != mapping.inode)
      continue;
    auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                        /*RequiresNullTerminator=*/false);
    if (buffer)
      return std::move(*buffer);
  }
  return process.error(
      name + ": the file was replaced or removed since the process loaded it, "
             "so that nothing is known of what runs");
}

template <typename Type>
Error addSymbols(const ELFFile<Type> &file, const typename Type::Shdr &table,
                 bool isDynamic, ArrayRef<uint8_t> versions, Image &image) {
  auto symbols = file.symbols(&table);
  if (!symbols)
    return symbols.takeError();
  auto names = file.getStringTableForSymtab(table);
  if (!names)
    return names.takeError();
  for (size_t i = 0; i != symbols->size(); ++i) {
    const auto &symbol = (*symbols)[i];
    Expected<StringRef> name = symbol.getName(*names);
    if (!name) {
      consumeError(name.takeError());
      continue;
    }
    unsigned type = symbol.getType();
    if (symbol.st_shndx == ELF::SHN_UNDEF || name->empty() ||
        type == ELF::STT_SECTION || type == ELF::STT_FILE)
      continue;
    // An older version of a symbol, which nothing new binds to.
    constexpr uint16_t kHidden = 0x8000;
    if (2 * i + 2 <= versions.size() &&
        support::endian::read16le(versions.data() + 2 * i) & kHidden)
      continue;
    bool isAbsolute = symbol.st_shndx == ELF::SHN_ABS;
    image.symbols.push_back({*name,
                             symbol.st_value + (isAbsolute ? 0 : image.bias),
                             symbol.st_size, static_cast<uint8_t>(type),
                             symbol.getBinding() == ELF::STB_LOCAL, isDynamic});
  }
  return Error::success();
}

/// Sections and symbols; both may be missing.
template <typename Type>
Error readTables(const Process &process, const ELFFile<Type> &file,
                 Image &image) {
  auto sections = file.sections();
  if (!sections) {
    consumeError(sections.takeError());
    return Error::success();
  }
  ArrayRef<uint8_t> versions;
  for (const typename Type::Shdr &section : *sections)
    if (section.sh_type == ELF::SHT_GNU_versym) {
      if (auto bytes = file.getSectionContents(section))
        versions = *bytes;
      else
        consumeError(bytes.takeError());
    }
  for (const typename Type::Shdr &section : *sections) {
    if (section.sh_type == ELF::SHT_SYMTAB) {
      image.isStripped = false;
      consumeError(addSymbols(file, section, false, {}, image));
    }
    if (section.sh_type == ELF::SHT_DYNSYM)
      consumeError(addSymbols(file, section, true, versions, image));
    Expected<StringRef> name = file.getSectionName(section);
    if (!name) {
      consumeError(name.takeError());
      continue;
    }
    if (*name == "hotpad_slots" && (section.sh_flags & ELF::SHF_ALLOC))
      image.hasSlots = true;
    if (*name != ".note.gnu.build-id" || !(section.sh_flags & ELF::SHF_ALLOC))
      continue;
    auto note = file.getSectionContents(section);
    if (!note) {
      consumeError(note.takeError());
      continue;
    }
    std::vector<uint8_t> memory(note->size());
    if (Error error = process.read(section.sh_addr + image.bias, memory))
      return error;
    if (ArrayRef<uint8_t>(memory) != *note)
      return process.error(image.path +
                           ": the file is another build than the one that runs "
                           "(its build ID differs)");
  }
  return Error::success();
}

} // namespace

ArrayRef<uint8_t> Image::bytes() const {
  return arrayRefFromStringRef(file->getBuffer());
}

const ImageSymbol *Image::exported(StringRef name) const {
  auto found = find_if(symbols, [&](const ImageSymbol &symbol) {
    return symbol.isExported && !symbol.isLocal && symbol.name == name;
  });
  return found == symbols.end() ? nullptr : &*found;
}

const ImageSymbol *Image::functionAt(uint64_t address) const {
  auto found = find_if(symbols, [&](const ImageSymbol &symbol) {
    return symbol.address == address && symbol.type == ELF::STT_FUNC;
  });
  return found == symbols.end() ? nullptr : &*found;
}

static Expected<std::unique_ptr<Image>>
readImage(const Process &process, ArrayRef<const Mapping *> mappings) {
  auto image = std::make_unique<Image>();
  StringRef name = mappings[0]->path;
  image->isDeleted = name.consume_back(kDeleted);
  image->path = name.str();
  StringRef program = process.program();
  program.consume_back(kDeleted);
  image->isProgram = name == program;
  image->low = mappings.front()->begin;
  image->high = mappings.back()->end;
  Expected<std::unique_ptr<MemoryBuffer>> buffer =
      openMapped(process, *mappings[0], image->isProgram);
  if (!buffer)
    return buffer.takeError();
  image->file = std::move(*buffer);
  auto fail = [&](const Twine &message) {
    return process.error(image->path + ": " + message);
  };
  Error error = withElfFile(
      process.bits(), image->file->getBuffer(), [&](const auto &file) -> Error {
        auto segments = file.program_headers();
        if (!segments)
          return fail(toString(segments.takeError()));
        for (const auto &segment : *segments)
          if (segment.p_type == ELF::PT_LOAD) {
            constexpr uint64_t kPage = 4096;
            image->bias =
                mappings[0]->begin - mappings[0]->fileOffset -
                ((segment.p_vaddr & -kPage) - (segment.p_offset & -kPage));
            break;
          }
        return readTables(process, file, *image);
      });
  if (error)
    return error;
  return image;
}

/// What the program names as its loader; empty: none.
static std::string interpreterOf(patch::Bits bits, const Image &image) {
  StringRef bytes = image.file->getBuffer(), name;
  consumeError(withElfFile(bits, bytes, [&](const auto &file) -> Error {
    auto segments = file.program_headers();
    if (!segments)
      return segments.takeError();
    for (const auto &segment : *segments)
      if (segment.p_type == ELF::PT_INTERP && name.empty())
        name =
            bytes.substr(segment.p_offset, segment.p_filesz).split('\0').first;
    return Error::success();
  }));
  return name.str();
}

Expected<Images> Images::read(const Process &process) {
  Expected<std::vector<Mapping>> maps = process.maps();
  if (!maps)
    return maps.takeError();
  std::map<std::pair<std::string, uint64_t>, size_t> numbers;
  std::vector<std::vector<const Mapping *>> files; // by address
  for (const Mapping &mapping : *maps) {
    if (mapping.inode == 0)
      continue;
    auto [number, isNew] =
        numbers.try_emplace({mapping.device, mapping.inode}, files.size());
    if (isNew)
      files.emplace_back();
    files[number->second].push_back(&mapping);
  }
  Images images;
  for (const std::vector<const Mapping *> &mappings : files) {
    if (none_of(mappings, [](const Mapping *m) { return m->executable; }))
      continue;
    Expected<std::unique_ptr<Image>> image = readImage(process, mappings);
    if (!image) {
      images.problems.push_back(toString(image.takeError()));
      continue;
    }
    images.images.push_back(std::move(*image));
  }
  // The program comes first, as it does for the loader.
  std::stable_partition(
      images.images.begin(), images.images.end(),
      [](const std::unique_ptr<Image> &image) { return image->isProgram; });
  if (!images.images.empty() && images.images[0]->isProgram) {
    std::string path = interpreterOf(process.bits(), *images.images[0]);
    SmallString<256> real;
    if (!path.empty() && !sys::fs::real_path(path, real))
      images.loader = real.str().str();
  }
  return images;
}

/// The symbol table of \p file, or null.
template <typename Type>
static Expected<const typename Type::Shdr *>
findSymbolTable(const ELFFile<Type> &file) {
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  for (const typename Type::Shdr &section : *sections)
    if (section.sh_type == ELF::SHT_SYMTAB)
      return &section;
  return nullptr;
}

Error Images::takeSymbols(const Process &process, StringRef path) {
  auto fail = [&](const Twine &message) {
    return createStringError(path + ": " + message);
  };
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(buffer.getError().message());
  StringRef bytes = (*buffer)->getBuffer();
  const Abi &abi = process.abi();
  if (!bytes.starts_with(StringRef(ELF::ElfMagic)) ||
      getElfArchType(bytes) != std::pair<unsigned char, unsigned char>(
                                   abi.elfClass, ELF::ELFDATA2LSB))
    return fail(Twine("no ELF file for ") + abi.name);
  auto idOf = [](const auto &of) {
    std::string id = buildIdOf(of);
    return id.empty() ? "none" : id;
  };
  return withElfFile(abi.bits, bytes, [&](const auto &file) -> Error {
    auto table = findSymbolTable(file);
    if (!table)
      return fail(toString(table.takeError()));
    if (!*table)
      return fail("has no symbol table");
    std::string others;
    for (const std::unique_ptr<Image> &image : images) {
      auto stripped =
          std::decay_t<decltype(file)>::create(image->file->getBuffer());
      if (!stripped)
        return stripped.takeError();
      switch (kinshipOf(file, *stripped)) {
      case Kinship::None:
        if (image->hasSlots)
          others += ", " + idOf(*stripped) + " of " + image->path;
        continue;
      case Kinship::Moved:
        return fail("is of what " + image->path +
                    " was made of, but the code was laid out anew: name the "
                    "file that was made before it was stripped");
      case Kinship::Twin:
        break;
      }
      // It has all that the image may have itself.
      erase_if(image->symbols,
               [](const ImageSymbol &symbol) { return !symbol.isExported; });
      if (Error error = addSymbols(file, **table, false, {}, *image))
        return fail(toString(std::move(error)));
      image->isStripped = false;
      image->twin = std::move(*buffer);
      return Error::success();
    }
    return process.error(path +
                         ": is of no program or library of it: its build "
                         "ID is " +
                         idOf(file) + ", and what is hot-patchable has" +
                         StringRef(others).drop_front());
  });
}

std::string Images::missingSymbols() const {
  for (const std::unique_ptr<Image> &image : images)
    if (image->hasSlots && image->isStripped)
      return " (" + image->path +
             " is stripped: --symbols=FILE says where its names are)";
  return "";
}

const Image *Images::at(uint64_t address) const {
  for (const std::unique_ptr<Image> &image : images)
    if (image->covers(address))
      return image.get();
  return nullptr;
}

const ImageSymbol *Images::exported(StringRef name, const Image **owner) const {
  for (const std::unique_ptr<Image> &image : images)
    if (const ImageSymbol *symbol = image->exported(name)) {
      if (owner)
        *owner = image.get();
      return symbol;
    }
  return nullptr;
}

const Image *Images::byFile(StringRef path, const Process &process) const {
  for (const std::unique_ptr<Image> &image : images)
    if (!image->isDeleted &&
        sys::fs::equivalent(process.inItsRoot(image->path), path))
      return image.get();
  return nullptr;
}

bool Images::mayHoldLocks(uint64_t address) const {
  const Image *image = at(address);
  if (!image)
    return false;
  return image->path == loader ||
         any_of(image->symbols, [](const auto &symbol) {
           return symbol.name == "malloc" || symbol.name == "dlopen";
         });
}

} // namespace hotpad::live
