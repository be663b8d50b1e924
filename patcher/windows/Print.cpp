//===- Print.cpp ----------------------------------------------------------===//

#include "patcher/windows/Print.h"
#include <algorithm>
#include <cstdio>

namespace hotpad::windows {

namespace {

std::string lineOf(const FunctionReport &function) {
  std::string line = "  " + function.name + " (" + hex(function.rva) + " in " +
                     function.image + "): ";
  if (function.kind == FunctionReport::Reverted)
    return line + "runs its own code again";
  if (function.kind == FunctionReport::Foreign)
    return line + "changed by something else";
  bool isFirst = true;
  for (const auto &[name, file] : function.targets) {
    line += (isFirst ? "replaced by " : ", over ") + name;
    if (!file.empty())
      line += " in " + file;
    isFirst = false;
  }
  return line;
}

std::string countOf(size_t count, const char *what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string pauseOf(const Report &report) {
  if (report.threads == 0)
    return "no thread was stopped";
  char text[32];
  std::snprintf(text, sizeof text, " paused for %.3f ms", report.pause * 1e3);
  return countOf(report.threads, "thread") + text;
}

std::string summaryOf(const Options &options, const Report &report) {
  std::string count = countOf(report.functions.size(), "function");
  switch (options.verb) {
  case Verb::Apply:
    return options.apply.dryRun
               ? count + " can be replaced; nothing was changed"
               : count + " replaced; " + pauseOf(report);
  case Verb::Revert:
    return report.functions.empty() ? "no function is replaced"
                                    : count + " reverted; " + pauseOf(report);
  default:
    break;
  }
  auto replaced =
      std::count_if(report.functions.begin(), report.functions.end(),
                    [](const FunctionReport &function) {
                      return function.kind == FunctionReport::Replaced;
                    });
  return countOf(size_t(replaced), "function") + " replaced; " +
         std::to_string(report.usedSlots) + " of " +
         std::to_string(report.slots) + " slots in use";
}

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    char escape[8];
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(escape, sizeof escape, "\\u%04x", unsigned(c));
      result += escape;
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string jsonOf(const FunctionReport &function) {
  constexpr const char *kStates[] = {"replaced", "reverted", "foreign"};
  std::string text = "{\"name\": " + quoted(function.name) +
                     ", \"image\": " + quoted(function.image) +
                     ", \"address\": " + std::to_string(function.rva) +
                     ", \"state\": \"" + kStates[function.kind] +
                     "\", \"targets\": [";
  bool isFirst = true;
  for (const auto &[name, file] : function.targets) {
    text += (isFirst ? "" : ", ") + std::string("{\"name\": ") + quoted(name) +
            ", \"patch\": " + quoted(file) + "}";
    isFirst = false;
  }
  return text + "]}";
}

} // namespace

void printText(const Options &options, const Report &report) {
  FILE *out = options.verb == Verb::Status ? stdout : stderr;
  std::string text =
      "process " + std::to_string(options.pid) + ", " + report.program + ":\n";
  for (const FunctionReport &function : report.functions)
    text += lineOf(function) + "\n";
  std::fputs((text + summaryOf(options, report) + "\n").c_str(), out);
}

void printJson(const Options &options, const Report &report) {
  std::string text = "{\n  \"pid\": " + std::to_string(options.pid) +
                     ",\n  \"program\": " + quoted(report.program) +
                     ",\n  \"functions\": [";
  bool isFirst = true;
  for (const FunctionReport &function : report.functions) {
    text += (isFirst ? "\n    " : ",\n    ") + jsonOf(function);
    isFirst = false;
  }
  text += isFirst ? "],\n" : "\n  ],\n";
  if (options.verb == Verb::Status)
    text += "  \"slots\": " + std::to_string(report.slots) +
            ",\n  \"usedSlots\": " + std::to_string(report.usedSlots);
  else
    text += "  \"threads\": " + std::to_string(report.threads) +
            ",\n  \"pauseMicroseconds\": " +
            std::to_string(uint64_t(report.pause * 1e6));
  std::fputs((text + "\n}\n").c_str(), stdout);
}

} // namespace hotpad::windows
