#include "script.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace mqcoap::test {
namespace {

constexpr std::array<std::string_view, 4> all_programs{"link", "front", "field", "client"};

bool is_program(std::string_view word) {
  return std::find(all_programs.begin(), all_programs.end(), word) != all_programs.end();
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

/// Applies a line that begins with `with`.
void set_option(program_options& options, const std::vector<std::string>& words) {
  const auto& name = words.at(1);
  if (name == "3.1.1")
    options.v5 = false;
  else if (name == "qos")
    options.qos = static_cast<int>(number_in(words.at(2)));
  else if (name == "connect-timeout")
    options.connect_timeout = std::chrono::milliseconds(number_in(words.at(2)));
  else if (name == "timeout")
    options.request_timeout = std::chrono::milliseconds(number_in(words.at(2)));
  else
    throw std::invalid_argument("there is no option '" + name + "'");
}

/// Parses `2.1` or `2.0.21`.
library_version version_in(const std::string& word) {
  library_version made{};
  std::istringstream in(word);
  std::string number;
  for (std::size_t i = 0; std::getline(in, number, '.'); ++i)
    made.at(i) = static_cast<int>(number_in(number));
  return made;
}

std::string text_of(const library_version& version) {
  std::string text;
  for (const int number : version) text += (text.empty() ? "" : ".") + std::to_string(number);
  return text;
}

/// Returns the words after the colon of `since-2.1 link: down closed`, and all words if there are no
/// qualifiers.
std::vector<std::string> take_qualifiers(script_step& step, std::vector<std::string> words) {
  const auto last = std::ranges::find_if(words, [](const auto& word) { return word.ends_with(':'); });
  if (last == words.end()) return words;
  auto read = step;
  for (auto at = words.begin(); at <= last; ++at) {
    const auto word = at == last ? at->substr(0, at->size() - 1) : *at;
    if (is_program(word))
      read.only = word;
    else if (word.starts_with("since-"))
      read.since = version_in(word.substr(6));
    else if (word.starts_with("before-"))
      read.before = version_in(word.substr(7));
    else
      return words;
  }
  step = std::move(read);
  return {last + 1, words.end()};
}

void add_line(script& to, int line, std::vector<std::string> words) {
  if (words[0] == "for") {
    to.programs.assign(words.begin() + 1, words.end());
    if (!std::all_of(to.programs.begin(), to.programs.end(), is_program))
      throw std::invalid_argument("not all of these are programs");
    return;
  }
  if (words[0] == "with") return set_option(to.options, words);
  script_step step{line, {}, {}, {}, {}};
  step.words = take_qualifiers(step, std::move(words));
  if (step.words.empty()) throw std::invalid_argument("a step is missing");
  to.steps.push_back(std::move(step));
}

}  // namespace

std::string script_step::text() const {
  std::string all = since == library_version{} ? "" : "since-" + text_of(since);
  if (before != library_version{}) all += (all.empty() ? "" : " ") + ("before-" + text_of(before));
  if (!only.empty()) all += (all.empty() ? "" : " ") + only;
  if (!all.empty()) all += ':';
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

unsigned long number_in(const std::string& word) {
  std::size_t end = 0;
  const auto number = std::stoul(word, &end, 0);
  if (end != word.size()) throw std::invalid_argument("'" + word + "' is no number");
  return number;
}

std::vector<script> read_scripts(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  const auto name = path.substr(path.rfind('/') + 1);
  std::vector<script> all;
  int line = 0;
  for (std::string text; std::getline(in, text);) try {
      ++line;
      text.resize(std::min(text.find('#'), text.size()));
      auto words = words_of(text);
      if (words.empty()) continue;
      if (text[0] != ' ')
        all.push_back({text, name, line, {all_programs.begin(), all_programs.end()}, {}, {}});
      else
        add_line(all.at(all.size() - 1), line, std::move(words));
    } catch (const std::exception& e) {
      throw std::runtime_error(name + ':' + std::to_string(line) + ": " + e.what());
    }
  return all;
}

}  // namespace mqcoap::test
