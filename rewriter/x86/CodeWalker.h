//===- CodeWalker.h - what the discovery of code keeps track of -*- C++ -*-===//
//
// Private to this folder; CodeReferences.cpp explains the whole.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_X86_CODEWALKER_H
#define HOTPAD_REWRITER_X86_CODEWALKER_H

#include "rewriter/core/Binary.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/JumpTables.h"
#include "rewriter/x86/ScopeTables.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include <map>
#include <optional>
#include <set>

namespace hotpad::x86 {

/// The split-off part of a function: its jumps count as the function's own.
struct ColdPart {
  SectionIndex section;
  uint64_t begin, end;
  SectionIndex parentSection;
  uint64_t parentEntry;
};

/// Fills CodeMap and references of one Binary. See CodeReferences.cpp for the
/// order of its steps.
class CodeWalker {
public:
  explicit CodeWalker(Binary &binary) : binary(binary), scopes(binary) {}

  void run();
  /// Once it is known where data stands (findSurroundings).
  void addBiasedAddresses();

private:
  struct Start {
    SectionIndex section;
    uint64_t offset;
  };

  /// A place in code whose address is taken, and where it is taken.
  struct TakenAddress {
    Place target, source;
  };

  /// A return address that 32-bit code takes to learn where it is.
  struct PicLabel {
    uint64_t offset;
    uint64_t next;                 ///< The first instruction that can use it.
    std::optional<uint8_t> loaded; ///< The register that then holds it.
  };

  void prepare();
  void indexRelocations(SectionIndex index);
  void sortRanges();
  void seed();
  void reseedFunctions();
  void drain();
  bool decodeAt(SectionIndex index, uint64_t offset,
                Instruction &instruction) const;
  bool takesReturnAddress(SectionIndex index, uint64_t end,
                          const Instruction &instruction) const;
  bool mayStepOverData(SectionIndex index, uint64_t end,
                       const Instruction &instruction, const Function *owner);
  bool movesReturnAddress(Place place);
  void walk(SectionIndex index, uint64_t offset);
  void visit(SectionIndex index, uint64_t offset,
             const Instruction &instruction);
  void runInImage();
  void seedFromRoots();
  bool followPointers(bool toScopes);
  bool followScopes();
  std::vector<Place> takeCalls();
  bool isPartOfCopy(Place target, llvm::ArrayRef<Place> callers) const;
  bool followForwards();
  bool mayHaveUnknownCases(const Function &function) const;
  bool jumpsIndirectly(const Function &function) const;
  bool followImageTables();
  bool mayBeCase(Place place, const Function &owner) const;
  /// A table of cases that is being read.
  struct ImageTable {
    Place start, source; ///< `source`: the instruction that names it.
    uint64_t next = 0;   ///< Offset of the field to be read next.
    uint64_t end = ~0ull;
    uint8_t width = 4;
    /// What its fields are measured from: `start`, or with addresses nothing,
    /// or with RVAs the image.
    uint64_t base = 0;
    bool hasDistances = true; ///< The fields are signed.
  };
  ImageTable openTable(const TakenAddress &address);
  Place nextCase(const ImageTable &table) const;
  bool readCases(ImageTable &table);
  void noteCase(const ImageTable &table, Place place);
  void noteImageAccess(SectionIndex index, uint64_t offset,
                       const Instruction &instruction);
  void noteOperand(Place target, Place source);
  void insertWayIn(Place place);
  void noteBranchesOut();
  void noteWayIn(Place place, Flow flow, bool isBranch);
  bool accessesRvas() const;
  uint64_t skipTables(SectionIndex index, uint64_t begin, uint64_t end) const;
  bool isTiny(Place copy) const;
  void followOldBody(const Function &function, uint64_t at, Place copy);
  void scanUnknownCode();
  void noteUnknownBranch(Place source, uint64_t target);
  void visitInImage(SectionIndex index, uint64_t offset,
                    const Instruction &instruction, const Function *owner);
  void addHiddenCode();
  bool isDeadAlignment(const Function &function, uint64_t begin,
                       uint64_t end) const;
  std::vector<int64_t> numbersIn(SectionIndex index) const;
  void addMeasuredData();
  void addMeasuredCode();
  void followAddress(SectionIndex index, uint64_t base, uint64_t next,
                     uint8_t number);
  void keepCopied(SectionIndex index, uint64_t entry, uint64_t source);
  void keepDistances(SectionIndex index, const Function *function,
                     llvm::ArrayRef<uint64_t> starts);
  void noteAddressOperand(Place target, Place source);
  static bool isBesideSymbol(const Symbol &symbol, uint64_t place);
  void noteAccess(SectionIndex index, uint64_t offset,
                  const Instruction &instruction);
  void addTarget(Reference &reference, uint64_t source,
                 const Instruction &instruction);
  void addBranchesToSites();
  void addBranchToSite(SectionIndex index, Reference &reference);
  bool isInside(SectionIndex section, uint64_t source,
                const Function &function);
  bool followTables();
  bool followAddressTakenLabels();
  bool followTaken(llvm::ArrayRef<TakenAddress> taken);
  bool isTableField(SectionIndex index, const Relocation &relocation) const;
  bool follow(Place place);
  bool coversEntry(SectionIndex index, uint64_t begin, uint64_t end) const;
  bool looksLikeCode(Place place, bool mayRunOn) const;
  bool followNamelessCode();
  void markTablesBehind(const Function &owner);
  bool addInlineTable(Place start, const Function &owner);
  void distrustInlineTable(Place row);
  bool followComputedJumps();
  std::vector<uint64_t> decodeAsCode(SectionIndex index, uint64_t begin,
                                     uint64_t end);
  bool hasIndirectJump(const Function &function) const;
  void addTrampolines();
  void addTrampoline(SectionIndex index, uint32_t number,
                     const std::set<uint64_t> &biases);
  void addDataReferences();
  void noteListed(const Section &list, const Relocation &field, Place place);
  void addDistanceFromLabel(SectionIndex index, uint32_t number);
  void notePicLabel(const Reference &call);
  void addPicReferences();
  void addMeasuredFromLabel(SectionIndex index, uint32_t number,
                            uint64_t start);
  void followLabelRegister(SectionIndex index, const PicLabel &label);
  enum class Followed : uint8_t { On, Done, Lost };
  Followed followOneUse(SectionIndex index, const PicLabel &label, uint64_t at);
  bool addSuccessors(SectionIndex index, uint64_t at,
                     const Instruction &instruction, uint8_t loaded,
                     std::vector<uint64_t> &starts) const;
  void addHiddenReference(SectionIndex index, uint64_t at,
                          const RegisterUse &use, uint64_t label,
                          uint64_t target);
  bool addMeasuredOperand(SectionIndex index, uint32_t number);
  llvm::ArrayRef<TakenAddress> measuringPointsOf(SectionIndex index);
  void addCodeReadAsData();
  void markLabel(Place place);
  uint32_t relocationAt(SectionIndex index, uint64_t offset,
                        unsigned width) const;
  /// Inside a function of known extent, or in the cold part of one.
  bool isInterior(Place place) const;
  /// The unwinding range that covers \p place, or none.
  const UnwindRange *rangeAt(Place place) const;
  bool mayBeCode(Place place) const;
  bool namesPadding(Place place) const;
  bool isInCode(Place place) const;
  const ColdPart *coldPartAt(SectionIndex section, uint64_t offset) const;

  Binary &binary;
  std::vector<Start> work;
  std::vector<TakenAddress> calls; ///< Direct calls of what is no function.
  std::vector<TakenAddress> addressTaken;
  std::vector<TakenAddress> addressOperands; ///< Of what is no branch.
  std::vector<ColdPart> coldParts;           ///< Sorted by (section, begin).
  TableStarts tableStarts;
  std::vector<TakenAddress> branches; ///< In an image: see visitInImage().
  std::vector<ImageTable> imageTables;
  ScopeTables scopes;      ///< In an image.
  PlaceBits indirectJumps; ///< In an image.
  PlaceBits cases;         ///< In an image: what tables of switches lead to.
  PlaceSet ownersOfTables; ///< In an image: functions with such a table.
  PlaceSet forwarded;      ///< In an image: copies with a known old entry.
  PlaceBits operandPlaces; ///< In an image: what code takes the address of.
  PlaceSet labelValues;    ///< Places in functions whose address code takes.
  PlaceSet accessed;       ///< Places in code that code reads as data.
  std::vector<const UnwindRange *> ranges; ///< Ascending.
  /// By section: places in it whose address its own code takes, and where.
  llvm::DenseMap<SectionIndex, std::vector<TakenAddress>> measuringPoints;
  llvm::DenseMap<std::pair<SectionIndex, uint64_t>, bool> movers;
  PlaceSet followed;     ///< Places queued by follow().
  PlaceSet inlineTables; ///< Looked at already.
  PlaceSet tablesMarked; ///< Functions: markTablesBehind() was there.
  /// Rows of tables in code, and where their table starts.
  std::map<std::pair<SectionIndex, uint64_t>, uint64_t> inlineRows;
  /// In an image: tables of switches among code, with their ends.
  llvm::DenseMap<std::pair<SectionIndex, uint64_t>, uint64_t> tablesInCode;
  std::vector<std::vector<uint32_t>> relocationOrder; ///< By section.
  /// By section and block of bytes: how many relocations stand before it.
  std::vector<std::vector<uint32_t>> relocationsBefore;
  std::vector<std::vector<bool>> handled; ///< By section: relocation -> done.
  llvm::DenseMap<SectionIndex, std::vector<TableReading>> readings;
  llvm::DenseMap<SectionIndex, std::vector<PicLabel>> picLabels;
  /// By section: relocations of branches and calls.
  llvm::DenseMap<SectionIndex, llvm::DenseSet<uint32_t>> branchOperands;
};

} // namespace hotpad::x86

#endif
