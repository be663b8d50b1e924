//===- Binary.h - what an input says, in old coordinates --------*- C++ -*-===//
//
// Every input (ELF or COFF, 32 or 64 bit) is reduced to the
// same plain data: sections with bytes, symbols, relocations, and after
// discovery functions and references. All offsets here are *old*: they count
// bytes from the start of the section in the input file. Nothing in this file
// changes after discovery (invariant OLD-IS-CONST); what moves is computed by
// asking an OffsetMap.
//
// Vocabulary: an *offset* is in a section, a *fileOffset* in a file. The *pad*
// is the bytes before a function's label, the *entry* its first instruction,
// the *site* the two bytes a patcher overwrites (after `endbr`, if there is
// one), a *slot* a pointer-sized cell that holds a replacement's address.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_BINARY_H
#define HOTPAD_REWRITER_CORE_BINARY_H

#include "rewriter/core/Arch.h"
#include "rewriter/core/CodeMap.h"
#include "rewriter/core/PlaceBits.h"
#include "rewriter/core/Reference.h"
#include "rewriter/core/Skip.h"
#include "rewriter/core/Source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hotpad {

/// A relocation as the input has it, with the addend already read.
struct Relocation {
  uint64_t offset = 0; ///< Of the field, in the section it applies to.
  int64_t addend = 0;
  SymbolIndex symbol = 0; ///< 0: none.
  uint32_t type = 0;      ///< The format's own number.
  uint32_t wideType = 0;  ///< The type of the same meaning with 4 bytes, for
                          ///< a field of 1; 0: none.
  uint8_t width = 0;      ///< Bytes of the field; 0 for markers.
  /// The value is `symbol + addend - field`; otherwise `symbol + addend`.
  bool pcRelative = false;
  /// Where addends stand in the field: what the field holds is `addend` plus
  /// this. (COFF measures a relative field from the end of its instruction.)
  int8_t fieldBias = 0;
  /// The value says where `symbol + addend` is (and not a GOT entry, a TLS
  /// offset or a size), so the addend is part of a place.
  bool namesPlace = false;
};

/// A run of data between code: tables, prefix data, preambles. Whoever reads it
/// may count on the section's alignment.
struct DataRun {
  uint64_t begin = 0;
  uint64_t room = 0; ///< Where bytes may be inserted to keep it aligned.
  /// `room` is before an instruction whose return address may be the run's.
  bool roomIsExecuted = false;
};

struct Section {
  llvm::StringRef name;
  uint64_t address = 0; ///< Virtual address in an image; 0 in an object.
  uint64_t size = 0;
  uint64_t alignment = 1;        ///< A power of two.
  llvm::ArrayRef<uint8_t> bytes; ///< Empty when `noBits`.
  bool alloc = false;
  bool executable = false;
  bool writable = false;
  bool noBits = false;
  /// Symbols, relocations, names or groups: the writer makes it anew.
  bool isTable = false;
  /// A table with numbers that may need more bytes: what names a place in it
  /// follows, as what names code does.
  bool mayGrow = false;
  bool listsEntries = false; ///< hotpad's own list (contract C5).
  bool laidOutAnew = false;  ///< In a linked object: gets another address.
  std::vector<Relocation> relocations; ///< In the input's order.
  std::vector<Reference> references;   ///< Filled by discovery; any order.
  CodeMap code;                        ///< Filled for executable sections.
  std::vector<DataRun> data;           ///< Ascending by `begin`.
};

enum class SymbolType : uint8_t {
  None,
  Function,
  Resolver,
  Data,
  Section,
  File,
  Tls,
  Other
};

struct Symbol {
  llvm::StringRef name;
  uint64_t offset = 0; ///< In its section (an image: offset, not address).
  uint64_t size = 0;
  SectionIndex section = 0; ///< 0: undefined, absolute or common.
  SymbolType type = SymbolType::None;
  bool local = true;
  bool preemptible = false; ///< Another file's definition may be used instead.
  Source source = Source::Symbol; ///< What it was made for, when it is no more
                                  ///< than a name for something else.
};

/// Whether control reaches a function's entry from the bytes before it.
enum class FallsInto : uint8_t {
  No,
  Maybe, ///< Behind a call, which may never return.
  Yes,
};

/// One entry that callers may use. Aliases (several symbols at one offset) are
/// one function.
struct Function {
  SectionIndex section = 0;
  SymbolIndex symbol = 0; ///< The representative; 0 when known without one.
  uint64_t entry = 0;     ///< Offset of the label.
  uint64_t end = 0;       ///< One past its last byte, as far as known.
  uint64_t reach = 0;     ///< Largest `end` of this and all earlier functions.
  uint64_t site = 0;      ///< Offset of the patch site: entry, or after endbr.
  std::string name;       ///< For messages and filters.
  uint64_t gapBegin = 0;  ///< [gapBegin, entry) is padding already.
  /// [gapKept, entry) is padding that something names: it stays as it is.
  uint64_t gapKept = 0;
  FallsInto fallsInto = FallsInto::No;
  bool sized = false;     ///< `end` is from the input, not a guess.
  bool isUnnamed = false; ///< No symbol of the input names the entry.
  /// The code takes addresses of labels inside it: distances between them may
  /// stand anywhere as plain numbers, so nothing inside may be edited.
  bool hasLabelValues = false;
  /// Another patcher's list names the first instruction: nothing may be
  /// inserted before it.
  bool listedElsewhere = false;
  /// In an image: what other code does with the entry.
  bool isBranchedTo = false, isCalled = false;
  bool isDirectlyCalled = false; ///< In an object: known from a call alone.
  /// Unwinding ranges of their own have parts, too, that compilers split off a
  /// function. No symbol, call or pointer leads there, and conditional branches
  /// do: compilers do not tail-call by those.
  bool mayBePart() const { return isUnnamed && isBranchedTo && !isCalled; }
  bool branchToSite = false; ///< A jump from inside lands on the site.
  /// The same from a part elsewhere, or from bytes that may be code.
  bool branchToSiteElsewhere = false;
  bool branchIntoSite = false; ///< Some branch lands on the site's second byte.
  SkipReason skip = SkipReason::None;
};

/// Where unwinding information covers code: one per FDE (or .pdata record).
struct UnwindRange {
  SectionIndex section = 0; ///< Of the code.
  uint64_t begin = 0, end = 0;
  SectionIndex frameSection = 0; ///< Of the FDE.
  uint64_t frameOffset = 0;      ///< Of the FDE's first byte.
  Place info; ///< Of the UNWIND_INFO of a .pdata record; section 0: none.
  /// Bytes at `begin` that set up a frame, as far as UNWIND_INFO says.
  uint64_t prologSize = 0;
  Place parent; ///< What a chained record is a part of; section 0: none.
  Place lsda;   ///< section 0: none.
  bool lsdaUnknown = false; ///< The LSDA could not be read.
  bool signalFrame = false; ///< The unwinder looks these up without pc-1.
  /// Catch blocks, functions of their own, return where to go on in this one.
  bool hasCatchBlocks = false;
  /// The first row already differs from the CIE's: a fragment such as
  /// `f.cold`, no function entry.
  bool entersMidway = false;
};

/// A place that something outside the code leads to.
struct Root {
  Place place;
  Source source = Source::Pointer;
};

/// Code that something measures in a way that cannot follow: it may move as a
/// whole, but nothing inside [begin, end) may change.
struct RigidCode {
  SectionIndex section = 0;
  uint64_t begin = 0, end = 0;
  /// Of the functions there, when something would change.
  SkipReason reason = SkipReason::UnknownUnwindData;
};

/// A compressed number, as wide as its value needs, that says how far `target`
/// is from `base`.
struct CodeOffset {
  Place field;      ///< Of the number.
  uint8_t size = 0; ///< Bytes it has.
  Place target, base;
  uint64_t tableEnd = 0; ///< Offset behind the table it stands in.
  RigidCode owner;       ///< The code its table is about.
};

/// A field in a table whose start is unknown: it leads to some place in
/// [lowest, highest] of `section`, or is measured from some place there.
struct UncertainTarget {
  SectionIndex section = 0;
  uint64_t lowest = 0, highest = 0;
  /// Of the functions there, when the places move apart.
  SkipReason reason = SkipReason::UnknownJumpTable;
  /// It may lead anywhere between the two, and not just to one of them.
  bool anywhere = false;
};

enum class Format : uint8_t { Elf, Coff };
enum class Mode : uint8_t {
  Object,
  Image,
  /// An image that kept its link's relocations: code is found as in an object,
  /// and sections are where they are.
  LinkedObject
};

struct Binary {
  std::string name; ///< For messages: `libfoo.a(bar.o)` or a path.
  Format format = Format::Elf;
  Mode mode = Mode::Object;
  Arch arch = Arch::X86_64;
  /// Relocations have their addends in the field, not beside it.
  bool addendsInPlace = false;
  std::vector<Section> sections;   ///< By the input's index; [0] is no section.
  std::vector<Symbol> symbols;     ///< By the input's index; [0] is no symbol.
  std::vector<Function> functions; ///< Sorted by (section, entry).
  std::vector<UnwindRange> unwind; ///< Sorted by lsda, then by range.
  std::vector<UncertainTarget> uncertain;
  std::vector<RigidCode> rigid;
  std::map<std::pair<SectionIndex, uint64_t>, CodeOffset>
      codeOffsets; ///< By section and offset of the field.
  /// Where a prolog is counted in one byte (section, offset), and which.
  std::map<std::pair<SectionIndex, uint64_t>, RigidCode> prologs;
  /// Places in code that data names: (section, offset).
  std::set<std::pair<SectionIndex, uint64_t>> namedByData;
  std::vector<Place> undecoded;   ///< Code that is no instruction known here.
  std::vector<Place> landingPads; ///< Code that only tables lead to.

  /// In an image: symbols name all functions, so that what else is called or
  /// pointed to is none.
  bool symbolsNameAll = false;
  /// In an image: the loader may put it anywhere.
  bool positionIndependent = false;
  /// In a PE image: the address that RVAs are measured from.
  uint64_t base = 0;
  /// In a PE image: the table of unwinding records, and its bytes.
  Place unwindTable;
  uint64_t unwindTableSize = 0;
  /// In a PE image: fields to which the loader adds how far it moved the image,
  /// ascending by place.
  std::vector<Place> relocated;
  /// In an image: bytes of code and exception tables that are filled in when
  /// the program starts, in other ways than `relocated`. Sorted after
  /// discovery.
  std::vector<Place> filledIn;
  /// In an image: sections that are loaded, ascending by address.
  std::vector<SectionIndex> loaded;
  /// In an image: places that something outside the code leads to (the entry
  /// point, constructors, pointers that the loader relocates).
  std::vector<Root> roots;
  /// In an image: places inside functions that something else than their own
  /// direct branches leads to.
  PlaceBits waysIn;

  /// Fills `loaded`.
  void sortLoaded();
  /// In an image: the place of \p address; section 0: in no section.
  Place placeAt(uint64_t address) const;

  /// Whether one of `filledIn` is in [begin, end) of \p section.
  bool isFilledIn(SectionIndex section, uint64_t begin, uint64_t end) const;

  /// The ranges whose exception tables lie in \p section.
  llvm::MutableArrayRef<UnwindRange> unwindOfLsda(SectionIndex section);
  llvm::ArrayRef<UnwindRange> unwindOfLsda(SectionIndex section) const {
    return const_cast<Binary *>(this)->unwindOfLsda(section);
  }
  void sortUnwind();
  void sortFunctions(); ///< And sets Function::reach.

  /// The functions of one section, ascending by entry.
  llvm::ArrayRef<Function> functionsOf(SectionIndex section) const;
  /// The number of the first function that begins behind \p offset, in this
  /// section or a later one.
  size_t firstFunctionBehind(SectionIndex section, uint64_t offset) const;
  /// The function whose [entry, end) holds \p offset, innermost first.
  const Function *functionAt(SectionIndex section, uint64_t offset) const;

private:
  /// By section and block of bytes: how many functions begin before it. Holds
  /// as long as there are so many functions: functionAt() is asked for every
  /// call.
  std::vector<std::vector<uint32_t>> functionsBefore;
  size_t functionsIndexed = 0;
  void indexFunctions();
};

/// Makes an error that names file, section and offset:
/// `libfoo.a(bar.o): .eh_frame+0x48: message`.
llvm::Error errorAt(const Binary &binary, SectionIndex section, uint64_t offset,
                    const llvm::Twine &message);
/// The same without a place inside the file.
llvm::Error errorIn(const Binary &binary, const llvm::Twine &message);

} // namespace hotpad

#endif
