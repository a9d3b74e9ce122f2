// Runs a target over files, without libFuzzer:
//   fuzz TARGET FILE-OR-FOLDER...
// Prints the name of each file before it is run, so that the last name is the one that
// terminated the program.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "target.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(int count, char** names) {
  std::vector<fs::path> files;
  for (int i = 0; i < count; ++i) {
    if (fs::is_directory(names[i])) {
      for (const auto& entry : fs::directory_iterator(names[i])) files.push_back(entry.path());
    } else {
      files.emplace_back(names[i]);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int count, char** arguments) {
  const auto* const target = count > 2 ? mqcoap::fuzz::find_target(arguments[1]) : nullptr;
  if (target == nullptr) {
    std::cerr << "usage: fuzz TARGET FILE-OR-FOLDER...\ntargets:";
    for (const auto& t : mqcoap::fuzz::all_targets()) std::cerr << ' ' << t.name;
    std::cerr << '\n';
    return 2;
  }
  const auto files = files_of(count - 2, arguments + 2);
  for (const auto& file : files) {
    std::cout << file.string() << std::endl;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::cerr << "it cannot be read\n";
      return 1;
    }
    const std::string input{std::istreambuf_iterator<char>(in), {}};
    target->run(input);
  }
  std::cout << files.size() << " files\n";
  return files.empty() ? 1 : 0;
}
