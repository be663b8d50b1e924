//===- CheckCommand.cpp - hotpad check ------------------------------------===//

#include "rewriter/contract/Contract.h"
#include "rewriter/tool/Commands.h"
#include "rewriter/tool/InputFile.h"
#include "rewriter/tool/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace hotpad {

namespace {

constexpr size_t kShownFunctions = 10;

struct FirstInstructions {
  uint64_t oneByte = 0, twoBytes = 0, more = 0;
};

FirstInstructions countFirst(const CheckedFile &file) {
  FirstInstructions counts;
  for (const CheckedFunction &function : file.functions)
    ++(function.firstLength >= 3   ? counts.more
       : function.firstLength == 2 ? counts.twoBytes
                                   : counts.oneByte);
  return counts;
}

std::string lacks(const CheckedFunction &function) {
  std::string text;
  for (unsigned i = 0; i != kRuleCount; ++i)
    if (function.broken & (1u << i))
      text += (text.empty() ? "" : ", ") + std::string(allRules()[i].id) + " " +
              allRules()[i].text;
  return text;
}

std::string knownFrom(const CheckedFunction &function) {
  std::string text;
  for (unsigned i = 0; i != kSourceCount; ++i)
    if (function.knownFrom.has(Source(i)))
      text += (text.empty() ? "" : ", ") + sourceText(Source(i)).str();
  return text;
}

std::string where(const CheckedFunction &function) {
  return function.file + ": " + function.section + "+0x" +
         utohexstr(function.entry, true) + " (" + function.name + ")";
}

void printFile(const CheckedFile &file) {
  FirstInstructions first = countFirst(file);
  uint64_t conforming = file.conforming();
  outs() << file.file << ": " << conforming << '/' << file.functions.size()
         << " functions conform; first instruction: " << first.oneByte
         << " of 1 byte, " << first.twoBytes << " of 2, " << first.more
         << " longer; " << file.slots << " slots, " << file.listed << " listed";
  uint64_t forwarded =
      llvm::count_if(file.functions, [](const CheckedFunction &f) {
        return f.forwardedFrom.has_value();
      });
  uint64_t displaced =
      llvm::count_if(file.functions, [](const CheckedFunction &f) {
        return f.displacedTo.has_value();
      });
  if (displaced != 0)
    outs() << "; " << displaced << " displaced";
  if (forwarded != 0)
    outs() << "; " << forwarded << " forwarded";
  outs() << '\n';
  for (unsigned i = 0; i != kRuleCount; ++i) {
    uint64_t count = 0;
    for (const CheckedFunction &function : file.functions)
      count += (function.broken >> i) & 1;
    if (count != 0)
      outs() << "  " << count << " lack " << allRules()[i].id << ' '
             << allRules()[i].text << '\n';
  }
  if (file.passedOver != 0)
    outs() << "  " << file.passedOver
           << " members are no objects and were passed over\n";
  size_t shown = 0;
  for (const CheckedFunction &function : file.functions) {
    if (function.conforms())
      continue;
    if (++shown > kShownFunctions) {
      outs() << "    ... (--json lists all)\n";
      break;
    }
    outs() << "    " << where(function) << ": lacks " << lacks(function)
           << '\n';
  }
}

Error printExplanation(ArrayRef<uint8_t> bytes, const CheckedFile &file,
                       StringRef name, uint64_t &found) {
  for (const CheckedFunction &function : file.functions) {
    if (function.name != name)
      continue;
    ++found;
    outs() << where(function) << ": "
           << (function.conforms() ? "conforms" : "lacks " + lacks(function))
           << (function.forwardedFrom
                   ? "; a copy, to which the entry at 0x" +
                         utohexstr(*function.forwardedFrom, true) + " jumps"
                   : "")
           << (function.displacedTo ? "; its first instructions are at 0x" +
                                          utohexstr(*function.displacedTo, true)
                                    : "")
           << "; " << function.padding << " bytes of padding, site at 0x"
           << utohexstr(function.site, true) << '\n'
           << "  known from " << knownFrom(function) << '\n';
    Expected<std::vector<std::string>> lines =
        explainFunction(bytes, file.file, function);
    if (!lines)
      return lines.takeError();
    for (const std::string &line : *lines)
      outs() << "  " << line << '\n';
  }
  return Error::success();
}

void emitExplained(json::OStream &json, const CheckedFunction &function) {
  json.object([&] {
    json.attribute("file", function.file);
    json.attribute("section", function.section);
    json.attribute("offset", int64_t(function.entry));
    json.attribute("function", function.name);
    json.attribute("conforms", function.conforms());
    json.attribute("padding", int64_t(function.padding));
    json.attribute("site", int64_t(function.site));
    if (function.forwardedFrom)
      json.attribute("forwardedFrom", int64_t(*function.forwardedFrom));
    json.attributeArray("knownFrom", [&] {
      for (unsigned i = 0; i != kSourceCount; ++i)
        if (function.knownFrom.has(Source(i)))
          json.value(sourceName(Source(i)));
    });
  });
}

void emitFile(json::OStream &json, const CheckedFile &file,
              StringRef explained) {
  FirstInstructions first = countFirst(file);
  json.object([&] {
    json.attribute("file", file.file);
    json.attribute("functions", int64_t(file.functions.size()));
    json.attribute("conforming", int64_t(file.conforming()));
    json.attribute("slots", int64_t(file.slots));
    json.attribute("listed", int64_t(file.listed));
    json.attribute("displaced",
                   int64_t(llvm::count_if(
                       file.functions, [](const CheckedFunction &function) {
                         return function.displacedTo.has_value();
                       })));
    json.attribute("forwarded",
                   int64_t(llvm::count_if(
                       file.functions, [](const CheckedFunction &function) {
                         return function.forwardedFrom.has_value();
                       })));
    json.attributeObject("firstInstruction", [&] {
      json.attribute("oneByte", int64_t(first.oneByte));
      json.attribute("twoBytes", int64_t(first.twoBytes));
      json.attribute("longer", int64_t(first.more));
    });
    json.attributeObject("knownFrom", [&] {
      for (unsigned i = 0; i != kSourceCount; ++i)
        json.attribute(
            sourceName(Source(i)),
            int64_t(llvm::count_if(file.functions, [&](const auto &function) {
              return function.knownFrom.has(Source(i));
            })));
    });
    if (!explained.empty())
      json.attributeArray("explained", [&] {
        for (const CheckedFunction &function : file.functions)
          if (function.name == explained)
            emitExplained(json, function);
      });
    json.attributeArray("lacking", [&] {
      for (const CheckedFunction &function : file.functions) {
        if (function.conforms())
          continue;
        json.object([&] {
          json.attribute("file", function.file);
          json.attribute("section", function.section);
          json.attribute("offset", int64_t(function.entry));
          json.attribute("function", function.name);
          json.attributeArray("rules", [&] {
            for (unsigned i = 0; i != kRuleCount; ++i)
              if (function.broken & (1u << i))
                json.value(allRules()[i].id);
          });
        });
      }
    });
  });
}

} // namespace

Expected<int> checkCommand(const Options &options) {
  CheckOptions check;
  check.layout = options.config.layout;
  check.slots = options.config.slots;
  check.padByLinker = options.config.padByLinker;
  check.only = options.config.only;
  check.skip = options.config.skip;
  std::vector<CheckedFile> files;
  uint64_t explained = 0;
  bool allConform = true;
  for (const std::string &path : options.inputs) {
    auto buffer = readInput(path);
    if (!buffer)
      return buffer.takeError();
    ArrayRef<uint8_t> bytes = arrayRefFromStringRef((*buffer)->getBuffer());
    Expected<CheckedFile> file = checkFile(bytes, path, check);
    if (!file)
      return file.takeError();
    allConform &= file->conforming() == file->functions.size();
    if (!options.explain.empty()) {
      if (Error error =
              printExplanation(bytes, *file, options.explain, explained))
        return error;
    } else if (!options.quiet && !(options.json && options.jsonFile.empty())) {
      printFile(*file);
    }
    files.push_back(std::move(*file));
  }
  if (!options.explain.empty() && explained == 0)
    return createStringError("no function is named '" + options.explain + "'");
  std::vector<PendingFile> pending;
  if (Error error = writeJson(options, pending, [&](json::OStream &json) {
        json.object([&] {
          json.attributeArray("files", [&] {
            for (const CheckedFile &file : files)
              emitFile(json, file, options.explain);
          });
        });
      }))
    return error;
  if (Error error = commitAll(pending))
    return error;
  return allConform ? 0 : 1;
}

} // namespace hotpad
