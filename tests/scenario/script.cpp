#include "script.hpp"

#include <fstream>
#include <stdexcept>

namespace mqcoap::scenario {

std::vector<script> read_scripts(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<script> scripts;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos || text[begin] == '#') continue;
    const auto verb_end = text.find_first_of(" \t", begin);
    const std::string verb = text.substr(begin, verb_end - begin);
    const auto rest_at = verb_end == std::string::npos ? verb_end : text.find_first_not_of(" \t", verb_end);
    const std::string rest = rest_at == std::string::npos ? "" : text.substr(rest_at);
    if (verb == "SCENARIO")
      scripts.push_back({rest, {}});
    else if (scripts.empty())
      throw std::runtime_error(path + ':' + std::to_string(line) + ": a step before the first SCENARIO");
    else
      scripts.back().steps.push_back({line, verb, rest});
  }
  if (scripts.empty()) throw std::runtime_error(path + ": no SCENARIO");
  return scripts;
}

}  // namespace mqcoap::scenario
