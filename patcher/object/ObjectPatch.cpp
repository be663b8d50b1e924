//===- ObjectPatch.cpp - what the names of a patch mean -------------------===//

#include "patcher/object/ObjectPatch.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/formats/Formats.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ELF.h"

using namespace llvm;

namespace hotpad::live {

using File = object::ELFFile<object::ELF64LE>;

/// `count` of `count.0`; empty when \p name has no such number.
static StringRef withoutNumber(StringRef name) {
  auto [base, number] = name.rsplit('.');
  bool isNumber = !number.empty() && all_of(number, isDigit);
  return isNumber ? base : StringRef();
}

Expected<std::unique_ptr<Patch>> ObjectPatch::read(const Process &process,
                                                   const std::string &path) {
  if (process.bits() != patch::Bits::B64)
    return createStringError(path +
                             ": object files are linked into 64-bit "
                             "processes only: make a shared library of "
                             "it for process " +
                             Twine(process.pid()));
  auto patch = std::make_unique<ObjectPatch>();
  patch->path = path;
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError(path + ": " + buffer.getError().message());
  patch->file = WritableMemoryBuffer::getNewUninitMemBuffer(
      (*buffer)->getBufferSize(), path);
  llvm::copy((*buffer)->getBuffer(), patch->file->getBufferStart());
  if (Error error = patch->readSymbols(process))
    return createStringError(path + ": " + toString(std::move(error)));
  return patch;
}

Error ObjectPatch::readSymbols(const Process &process) {
  Expected<File> elf = File::create(toStringRef(file->getBuffer()));
  if (!elf)
    return elf.takeError();
  if (elf->getHeader().e_machine != ELF::EM_X86_64)
    return createStringError("not for x86-64, but process " +
                             Twine(process.pid()) + " is");
  auto sections = elf->sections();
  if (!sections)
    return sections.takeError();
  for (const File::Elf_Shdr &section : *sections) {
    Expected<StringRef> name = elf->getSectionName(section);
    if (!name)
      return name.takeError();
    if ((section.sh_flags & ELF::SHF_ALLOC) && section.sh_size != 0 &&
        (section.sh_type == ELF::SHT_INIT_ARRAY ||
         section.sh_type == ELF::SHT_FINI_ARRAY || name->starts_with(".ctors")))
      return createStringError(*name + ": a patch has no constructors and "
                                       "destructors: nobody would call them");
    if (section.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto symbols = elf->symbols(&section);
    auto strings = elf->getStringTableForSymtab(section);
    if (!symbols)
      return symbols.takeError();
    if (!strings)
      return strings.takeError();
    for (uint32_t i = 1; i < symbols->size(); ++i) {
      const auto &symbol = (*symbols)[i];
      Expected<StringRef> symbolName = symbol.getName(*strings);
      if (!symbolName)
        return symbolName.takeError();
      uint32_t index = symbol.st_shndx;
      if (symbol.getType() == ELF::STT_TLS)
        return createStringError("'" + *symbolName +
                                 "' is thread-local, and a patch cannot have "
                                 "or use thread-local variables");
      if (index == ELF::SHN_UNDEF) {
        if (!symbolName->empty() && *symbolName != "_GLOBAL_OFFSET_TABLE_")
          undefined.push_back(
              {symbolName->str(), symbol.getBinding() == ELF::STB_WEAK});
        continue;
      }
      if (index >= sections->size() || symbolName->empty())
        continue;
      const File::Elf_Shdr &owner = (*sections)[index];
      Expected<StringRef> ownerName = elf->getSectionName(owner);
      if (!ownerName)
        return ownerName.takeError();
      if (symbol.getType() == ELF::STT_FUNC && !symbolName->contains('.') &&
          !is_contained(names, *symbolName))
        names.push_back(symbolName->str());
      // (What only relocation writes to is constant.)
      if (symbol.getType() == ELF::STT_OBJECT &&
          (owner.sh_flags & ELF::SHF_WRITE) &&
          !ownerName->starts_with(".data.rel.ro"))
        variables.push_back(
            {i, index, symbol.st_value, symbol.st_size, symbolName->str(), 0});
    }
  }
  return Error::success();
}

/// The program's variable for each writable one of the patch, if it has one.
Error ObjectPatch::bindVariables() {
  for (Variable &variable : variables) {
    StringRef base = withoutNumber(variable.name);
    std::vector<const ImageSymbol *> same;
    for (const ImageSymbol &symbol : home->symbols) {
      if (symbol.type != ELF::STT_OBJECT)
        continue;
      bool matches = base.empty() ? symbol.name == variable.name
                                  : withoutNumber(symbol.name) == base;
      if (matches && none_of(same, [&](const ImageSymbol *other) {
            return other->address == symbol.address;
          }))
        same.push_back(&symbol);
    }
    if (same.empty())
      continue; // new
    size_t rivals = count_if(variables, [&](const Variable &other) {
      return base.empty() ? other.name == variable.name
                          : withoutNumber(other.name) == base;
    });
    if (same.size() > 1 || rivals > 1)
      return createStringError(
          path + ": variable '" + variable.name + "': " + home->path + " has " +
          Twine(same.size()) + " of this name and the patch " + Twine(rivals) +
          ", which cannot be told apart");
    if (same[0]->size != variable.size)
      return createStringError(path + ": variable '" + variable.name +
                               "' has " + Twine(variable.size) +
                               " bytes, and " + Twine(same[0]->size) + " in " +
                               home->path);
    variable.live = same[0]->address;
  }
  return Error::success();
}

Error ObjectPatch::bindUndefined(const Process &process, const Images &images) {
  std::string missing;
  for (const Undefined &wanted : undefined) {
    std::vector<const ImageSymbol *> own;
    for (const ImageSymbol &symbol : home->symbols) {
      if (symbol.name != wanted.name ||
          any_of(own, [&](const ImageSymbol *other) {
            return other->address == symbol.address;
          }))
        continue;
      if (!symbol.isLocal) { // of all that are linked together, only one is
        own.assign(1, &symbol);
        break;
      }
      own.push_back(&symbol);
    }
    if (own.size() > 1)
      return createStringError(
          path + ": symbol '" + wanted.name + "': " + home->path + " has " +
          Twine(own.size()) + " file-local ones of this name");
    const ImageSymbol *symbol = own.empty() ? nullptr : own[0];
    // Another image may come first in the loader's order.
    if (!symbol || (!symbol->isLocal && home->exported(wanted.name)))
      symbol = images.exported(wanted.name);
    if (!symbol) {
      if (wanted.isWeak)
        bound[wanted.name] = {};
      else
        missing += (missing.empty() ? "'" : ", '") + wanted.name + "'";
      continue;
    }
    if (symbol->type == ELF::STT_TLS)
      return createStringError(path + ": '" + wanted.name +
                               "' is thread-local, and a patch cannot have or "
                               "use thread-local variables");
    bound[wanted.name] = {symbol->address, symbol->type == ELF::STT_GNU_IFUNC};
  }
  if (!missing.empty())
    return createStringError(path + ": undefined in process " +
                             Twine(process.pid()) + ": " + missing +
                             images.missingSymbols());
  return Error::success();
}

Error ObjectPatch::prepare(const Process &process, const Images &images,
                           const Image *image) {
  if (!image)
    return createStringError(
        path + ": it would replace functions of several images; --map says "
               "which ones are meant");
  home = image;
  if (Error error = bindVariables())
    return error;
  if (Error error = bindUndefined(process, images))
    return error;
  return redirectVariables();
}

/// Makes the program's variables undefined symbols of the object. What names
/// one as a distance from the start of its section gets the symbol's name.
Error ObjectPatch::redirectVariables() {
  std::vector<const Variable *> moved;
  for (const Variable &variable : variables)
    if (variable.live != 0)
      moved.push_back(&variable);
  if (moved.empty())
    return Error::success();

  auto *bytes = reinterpret_cast<uint8_t *>(file->getBufferStart());
  auto object =
      readFile(ArrayRef(bytes, file->getBufferSize()), path, Mode::Object);
  if (!object)
    return object.takeError();
  Binary &binary = (*object)->binary;
  if (Error error = discover(binary))
    return error;
  Expected<File> elf = File::create(toStringRef(file->getBuffer()));
  if (!elf)
    return elf.takeError();
  auto headers = elf->sections();
  if (!headers)
    return headers.takeError();

  using Rela = object::ELF64LE::Rela;
  using Sym = object::ELF64LE::Sym;
  for (const File::Elf_Shdr &header : *headers) {
    if (header.sh_type != ELF::SHT_RELA ||
        header.sh_info >= binary.sections.size())
      continue;
    const Section &section = binary.sections[header.sh_info];
    if (!section.alloc)
      continue;
    auto *entries = reinterpret_cast<Rela *>(bytes + header.sh_offset);
    for (size_t i = 0; i != header.sh_size / sizeof(Rela); ++i) {
      Rela &entry = entries[i];
      uint32_t number = entry.getSymbol(false);
      if (number >= binary.symbols.size() ||
          binary.symbols[number].type != SymbolType::Section)
        continue;
      // Relative to the end of the instruction, and not to the field.
      int64_t bias = 0;
      uint64_t at = entry.r_offset;
      bool isRelative = entry.getType(false) == ELF::R_X86_64_PC32 ||
                        entry.getType(false) == ELF::R_X86_64_PLT32;
      if (isRelative && section.executable) {
        for (uint64_t back = 1; back <= 14 && back <= at && bias == 0; ++back) {
          uint64_t length = section.code.length(at - back);
          if (length > back)
            bias = static_cast<int64_t>(length - back);
        }
        if (bias == 0)
          return errorAt(binary, header.sh_info, at,
                         "a reference to data is in no instruction");
      }
      uint64_t place = static_cast<uint64_t>(entry.r_addend + bias);
      for (const Variable *variable : moved)
        if (binary.symbols[number].section == variable->section &&
            place >= variable->offset &&
            place < variable->offset + variable->size) {
          entry.r_addend -= static_cast<int64_t>(variable->offset);
          entry.setSymbolAndType(variable->symbol, entry.getType(false), false);
        }
    }
  }
  for (const File::Elf_Shdr &header : *headers) {
    if (header.sh_type != ELF::SHT_SYMTAB)
      continue;
    auto *symbols = reinterpret_cast<Sym *>(bytes + header.sh_offset);
    for (const Variable *variable : moved) {
      Sym &symbol = symbols[variable->symbol];
      symbol.st_shndx = ELF::SHN_UNDEF;
      symbol.st_value = 0;
      symbol.setBindingAndType(ELF::STB_GLOBAL, ELF::STT_OBJECT);
      symbol.st_other = 0;
      bound[variable->name] = {variable->live, false};
    }
  }
  return Error::success();
}

} // namespace hotpad::live
