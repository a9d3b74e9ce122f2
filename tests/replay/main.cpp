#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "plays.hpp"
#include "record.hpp"

namespace {

using mqcoap::replay::kind_counts;
using mqcoap::replay::record;

std::vector<std::string> read_lines(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file + "; --write makes it");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void write_lines(const std::string& file, const std::vector<std::string>& lines) {
  std::ofstream out(file, std::ios::trunc);
  for (const auto& line : lines) out << line << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

void print(const char* before, const std::vector<std::string>& lines, std::size_t from, std::size_t to) {
  for (auto i = from; i < std::min(to, lines.size()); ++i) std::printf("%s%s\n", before, lines[i].c_str());
  if (from >= lines.size()) std::printf("%s(the end)\n", before);
}

/// Prints the first difference, and its cause. Returns true if there is none.
bool compare(const std::vector<std::string>& expected, const record& actual) {
  constexpr std::size_t before = 6, behind = 5;
  const auto& lines = actual.lines();
  const auto parting = std::mismatch(expected.begin(), expected.end(), lines.begin(), lines.end());
  if (parting.first == expected.end() && parting.second == lines.end()) return true;
  const auto at = static_cast<std::size_t>(parting.second - lines.begin());
  std::printf("The gateway does not answer as it did; the first difference is in line %zu of the record.\n\n",
              at + 1);
  print("    ", lines, at - std::min(at, before), at);
  print("  - ", expected, at, at + behind);
  print("  + ", lines, at, at + behind);
  std::printf("\nWhat was sent before, as a whole:\n");
  for (const auto line : {at == 0 ? 0 : at - 1, at})
    std::printf("%s\n", actual.readable(actual.cause_of(line)).c_str());
  std::printf("\nIf this is meant: replay --write FOLDER, and read the diff.\n");
  return false;
}

void print_counts(const kind_counts& counts, std::size_t lines) {
  for (const auto& [kind, n] : counts) std::printf("%6zu %s\n", n, kind.c_str());
  std::printf("%6zu lines\n", lines);
}

int run(const std::string& folder, bool write) {
  const auto file = folder + "/record.txt";
  record actual;
  kind_counts counts;
  mqcoap::replay::play_everything(folder, actual, counts);
  if (write) write_lines(file, actual.lines());
  const bool same = write || compare(read_lines(file), actual);
  if (same) print_counts(counts, actual.lines().size());
  return same ? 0 : 1;
}

}  // namespace

/// Replays the record in the folder; the exit status is 1 if the gateway publishes anything different.
int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  setenv("MQCOAP_REPLAY_TOKEN", "a token of the replay", 1);
  const bool write = argc == 3 && std::string_view(argv[1]) == "--write";
  if (!write && argc != 2) {
    std::printf("usage: replay [--write] FOLDER\n");
    return 2;
  }
  try {
    return run(argv[argc - 1], write);
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
