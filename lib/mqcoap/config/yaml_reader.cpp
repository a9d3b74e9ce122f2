#include <mqcoap/config/yaml_reader.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <mqcoap/config/secret_marker.hpp>
#include <mqcoap/config/secret_names.hpp>
#include <mqcoap/config/yaml_escapes.hpp>
#include <mqcoap/config/yaml_text.hpp>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

namespace mqcoap::config {
namespace {

/// Builds the tree from the parser's events. yaml-cpp's own nodes cannot be used: they silently keep the
/// first of two equal keys, follow aliases without a limit, and do not record which scalars were quoted.
class tree_builder final : public YAML::EventHandler {
 public:
  /// @param secrets  marks possible secrets; null: nothing is marked
  tree_builder(const source_file& file, node_arena& arena, report& faults, secret_marker* secrets)
      : file_(file), arena_(arena), faults_(faults), secrets_(secrets) {}

  const node* root() const noexcept { return root_; }
  /// Returns the list or map in which reading stopped; null: none.
  const node* innermost() const noexcept { return frames_.empty() ? nullptr : frames_.back().container; }
  /// Returns true if the tree is not the intended one, so that further checks would be meaningless.
  bool is_spoilt() const noexcept { return spoilt_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!done_) return;
    const auto at = place(mark);
    faults_.error(file_, at.line, at.column, 1, "a second document begins here: a configuration has only one",
                  "is the indentation right?");
  }
  void OnDocumentEnd() override { done_ = true; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    node& n = make(mark, "", node::kind::null);
    n.text = written_null(mark);
    if (!n.text.empty()) {
      n.length = static_cast<std::uint32_t>(n.text.size());
    } else if (const node* key = pending_key()) {  // the mark of an empty value is somewhere after it
      n.line = key->line;
      n.column = key->column;
      n.length = key->length;
    }
    place_in_tree(n, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    node& n = make(mark, tag, node::kind::scalar);
    n.quoted = tag == "!";
    n.text = n.quoted ? with_whole_escapes(value) : value;
    n.length = static_cast<std::uint32_t>(scalar_length(file_, offset(mark), n));
    if (std::size_t bad_at = 0; !is_utf8(n.text, bad_at)) {
      n.text.clear();
      faults_.error(file_, n.line, n.column, n.length,
                    "a text that is not UTF-8 when its escapes are decoded",
                    R"(write a character as \u, not its bytes as \x)");
    }
    if (n.quoted && n.length == 0) {
      n.length = 1;
      spoilt_ = true;  // it contains everything up to the end of the file
      faults_.error(file_, n.line, n.column, 1, "this quote is never closed");
    }
    place_in_tree(n, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(make(mark, tag, node::kind::list), mark, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    open(make(mark, tag, node::kind::map), mark, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    node& n = make(mark, "", node::kind::null);
    const auto fault = alias_fault(file_, n.line, n.column);
    faults_.error_with_quote(file_, n.line, n.column, fault.length, fault.message, fault.hint);
    place_in_tree(n, mark);
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    const auto at = place(mark);
    faults_.error(file_, at.line, at.column, name.size() + 1, "anchors are refused",
                  "devices that are alike: use `templates` and `like`");
  }

 private:
  struct frame {
    node* container;
    bool is_flow;         ///< written with brackets
    node* key = nullptr;  ///< key of the next value
    bool keep = true;     ///< false: the key was rejected, and its value is dropped
    std::unordered_map<std::string_view, const node*> keys;
  };

  struct position {
    int line;
    int column;
  };

  static position place(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }
  static std::size_t offset(const YAML::Mark& mark) {
    return static_cast<std::size_t>(std::max(mark.pos, 0));
  }

  const node* pending_key() const { return frames_.empty() ? nullptr : frames_.back().key; }

  /// Returns `null` or `~` if that is written; empty for a missing value, whose mark is that of the next
  /// token, which may begin with the same characters.
  std::string written_null(const YAML::Mark& mark) const {
    const auto rest = std::string_view(file_.text()).substr(std::min(offset(mark), file_.text().size()));
    for (std::string_view word : {"null", "Null", "NULL", "~"})
      if (rest.starts_with(word) && is_whole_scalar(rest, word.size())) return std::string(word);
    return {};
  }

  /// Returns true if the next scalar ends after `size` characters. A scalar before a ':' is a key, so that
  /// it is not the value that is expected now.
  bool is_whole_scalar(std::string_view text, std::size_t size) const {
    const auto is_end = [text](std::size_t at) {
      return at >= text.size() || text[at] == '\n' || text[at] == '\r';
    };
    const auto end = std::min(text.find_first_not_of(" \t", size), text.size());
    if (is_end(end) || (text[end] == '#' && end > size)) return true;
    const bool in_flow = !frames_.empty() && frames_.back().is_flow;
    constexpr std::string_view flow_ends = ",[]{}";
    if (in_flow && flow_ends.find(text[end]) != std::string_view::npos) return true;
    const bool expects_key =
        !frames_.empty() && frames_.back().container->is_map() && pending_key() == nullptr;
    if (!expects_key || text[end] != ':') return false;
    return is_end(end + 1) || text[end + 1] == ' ' || text[end + 1] == '\t' ||
           (in_flow && flow_ends.find(text[end + 1]) != std::string_view::npos);
  }

  node& make(const YAML::Mark& mark, const std::string& tag, node::kind what) {
    node& n = arena_.emplace_back();
    const auto at = place(mark);
    n.what = what;
    n.file = &file_;
    n.line = at.line;
    n.column = at.column;
    const auto& text = file_.text();
    const bool tagged = offset(mark) < text.size() && text[offset(mark)] == '!';
    if (tagged || (!tag.empty() && tag != "?" && tag != "!"))
      faults_.error(file_, n.line, n.column, 1, "tags like '!!str' are refused", "put text in quotes");
    return n;
  }

  void open(node& n, const YAML::Mark& mark, YAML::EmitterStyle::value style) {
    place_in_tree(n, mark);
    frames_.push_back({&n, style == YAML::EmitterStyle::Flow, nullptr, true, {}});
  }
  void close() {
    if (secrets_ != nullptr) secrets_->close(*frames_.back().container);
    frames_.pop_back();
  }

  void place_in_tree(node& n, const YAML::Mark& mark) {
    if (!frames_.empty()) n.parent = frames_.back().container;
    n.is_key = n.parent != nullptr && n.parent->is_map() && pending_key() == nullptr;
    if (secrets_ != nullptr) secrets_->see(n, offset(mark), pending_key());
    if (frames_.empty()) {
      if (!done_) root_ = &n;
      return;
    }
    frame& top = frames_.back();
    if (top.container->is_list()) {
      n.index = static_cast<std::uint32_t>(top.container->items.size());
      top.container->items.push_back(&n);
    } else if (top.key == nullptr) {
      take_key(top, n);
    } else {
      n.key = top.key;
      if (top.keep) top.container->items.push_back(&n);
      top.key = nullptr;
    }
  }

  void take_key(frame& top, node& n) {
    top.key = &n;
    top.keep = false;
    if (n.is_null() && n.text.empty()) {
      faults_.error(n, "a key is missing in front of ':'");
    } else if (!n.is_scalar()) {
      // The contents of a list or a map have not been read yet.
      faults_.error(n,
                    "a key must be text, not " + (n.is_list()  ? "a list"
                                                  : n.is_map() ? "a map"
                                                               : describe(n)),
                    n.is_null() ? "quote it: \"" + n.text + '"' : "");
    } else if (n.text == "<<" && !n.quoted) {
      faults_.error(n, "merge keys are refused", "devices that are alike: use `templates` and `like`");
    } else if (const auto [first, is_new] = top.keys.emplace(n.text, &n); !is_new) {
      faults_.error(n, "the key '" + n.text + "' is given twice", "first: " + place_text(*first->second, n));
    } else {
      top.keep = true;
    }
  }

  const source_file& file_;
  node_arena& arena_;
  report& faults_;
  secret_marker* secrets_;
  const node* root_ = nullptr;
  bool done_ = false;
  bool spoilt_ = false;
  std::vector<frame> frames_;
};

void report_grammar(const YAML::Exception& e, const node* innermost, const source_file& file,
                    report& faults) {
  auto fault = grammar_fault(file, e.mark.line + 1, e.mark.column + 1, e.msg);
  if (fault.is_unclosed &&
      innermost != nullptr) {  // the parser reports the end of the file; the beginning is more useful
    fault.line = innermost->line;
    fault.column = innermost->column;
  }
  if (fault.hint_quotes)
    faults.error_with_quote(file, fault.line, fault.column, fault.length, fault.message, fault.hint);
  else
    faults.error(file, fault.line, fault.column, fault.length, fault.message, fault.hint);
}

/// Reads a file. @param complete  set if it was read to its end
const node* read(const source_file& file, node_arena& arena, report& faults, secret_marker* secrets,
                 bool& complete, when_empty empty = when_empty::is_fault) {
  std::istringstream in(file.text());
  tree_builder builder(file, arena, faults, secrets);
  try {
    YAML::Parser parser(in);
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    report_grammar(e, builder.innermost(), file, faults);
    return nullptr;
  }
  if (builder.is_spoilt()) return nullptr;
  complete = true;
  if (builder.root() == nullptr || builder.root()->is_null()) {
    if (empty == when_empty::is_fault)
      faults.error(file, 0, 0, 1, "the file is empty", "begin with: version: 1");
    return nullptr;
  }
  return builder.root();
}

}  // namespace

const node* read_yaml(source_file& file, node_arena& arena, report& faults, when_empty empty) {
  secret_marker secrets(file);
  file.cover_lines_with(cover_by_looks);
  bool complete = false;
  const node* root = nullptr;
  if (const auto fault = file.check_text())
    faults.error(file, fault->line, fault->column, 1, fault->message, fault->hint);
  else
    root = read(file, arena, faults, &secrets, complete, empty);
  secrets.finish(complete);
  return root;
}

const node* read_default(const std::string& text, node_arena& arena) {
  const source_file file("default", text, 0);
  report faults;
  const std::size_t first = arena.size();
  bool complete = false;
  const node* root = read(file, arena, faults, nullptr, complete);
  if (root == nullptr || faults.failed()) throw std::logic_error("a default of a field table: " + text);
  for (std::size_t i = first; i < arena.size(); ++i) arena[i].file = nullptr;
  return root;
}

const node& yaml_defaults::read(const std::string& text) {
  auto& known = known_[text];
  if (known == nullptr) known = read_default(text, arena_);
  return *known;
}

}  // namespace mqcoap::config
