#include <doctest/doctest.h>

#include <map>
#include <mqcoap/resource/path_router.hpp>
#include <random>

#include "recorder.hpp"

using namespace mqcoap;
using namespace mqcoap::test;

namespace {

class silent final : public handler {
 public:
  void handle(responder&& r) override { std::move(r).fail(response_code::not_implemented, "silent"); }
};

/// Creates handlers and stores them by name.
class handlers {
 public:
  std::shared_ptr<handler> operator[](const std::string& name) {
    auto& made = made_[name];
    if (!made) made = std::make_shared<silent>();
    return made;
  }
  std::string name_of(const handler* h) const {
    for (const auto& [name, made] : made_)
      if (made.get() == h) return name;
    return "";
  }

 private:
  std::map<std::string, std::shared_ptr<handler>> made_;
};

/// A simple and slow model of the router.
struct model {
  std::vector<std::string> exact, subtrees;

  std::pair<std::string, std::size_t> find(const std::string& path) const {
    for (const auto& e : exact)
      if (e == path) return {"=" + e, path.size()};
    const std::string* best = nullptr;
    for (const auto& s : subtrees)
      if ((s.empty() || path.starts_with(s + '/')) && (best == nullptr || s.size() > best->size())) best = &s;
    if (best == nullptr) return {"", 0};
    return {*best + "/**", best->empty() ? 0 : best->size() + 1};
  }
};

}  // namespace

TEST_CASE("an exact path goes before a subtree, the longest prefix before shorter ones") {
  handlers h;
  path_router router;
  CHECK(router.add_exact("probe/gains", h["exact"]));
  CHECK(router.add_subtree("probe", h["probe"]));
  CHECK(router.add_subtree("probe/deep", h["deep"]));
  CHECK(router.add_subtree("", h["all"]));
  const auto found = [&](std::string_view path) { return h.name_of(router.find(path).target); };
  CHECK(found("probe/gains") == "exact");
  CHECK(found("probe/gains/x") == "probe");
  CHECK(found("probe/other") == "probe");
  CHECK(found("probe/deep/a/b") == "deep");
  CHECK(found("probe/deep") == "probe");
  CHECK(found("probe/deeper") == "probe");
  CHECK(found("probe") == "all");
  CHECK(found("probes/x") == "all");
}

TEST_CASE("the rest of a path begins behind the prefix and its slash") {
  handlers h;
  path_router router;
  router.add_exact("shots", h["shots"]);
  router.add_subtree("shots", h["shots"]);
  const auto rest = [&](std::string_view path) { return path.substr(router.find(path).rest_at); };
  CHECK(rest("shots") == "");
  CHECK(rest("shots/12") == "12");
  CHECK(rest("shots/a/b") == "a/b");
  router.add_subtree("", h["all"]);
  CHECK(rest("x/y") == "x/y");
}

TEST_CASE("a path without a handler is not found") {
  handlers h;
  path_router router;
  CHECK(router.find("x").target == nullptr);
  router.add_exact("gains", h["gains"]);
  router.add_subtree("probe", h["probe"]);
  for (const char* path : {"gain", "gainss", "gains/0", "GAINS", "probe", "probes", "x/probe/y"}) {
    CAPTURE(path);
    CHECK(router.find(path).target == nullptr);
  }
}

TEST_CASE("a path that is served already is refused, and the first stays") {
  handlers h;
  path_router router;
  CHECK(router.add_exact("a", h["first"]));
  CHECK_FALSE(router.add_exact("a", h["second"]));
  CHECK(router.add_subtree("a", h["below"]));
  CHECK_FALSE(router.add_subtree("a", h["second"]));
  CHECK(h.name_of(router.find("a").target) == "first");
  CHECK(h.name_of(router.find("a/x").target) == "below");
}

TEST_CASE("the router finds what a naive search finds, for random routes and paths") {
  std::mt19937 random(20'240'917);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto random_path = [&] {
    std::string path;
    for (int left = 1 + pick(5); left > 0; --left)
      path.append(path.empty() ? "" : "/")
          .append(std::string(1 + static_cast<std::size_t>(pick(2)), "ab"[pick(2)]));
    return path;
  };
  for (int round = 0; round < 200; ++round) {
    handlers h;
    path_router router;
    model expected;
    for (int i = pick(12); i > 0; --i) {
      const auto path = random_path();
      if (router.add_exact(path, h["=" + path])) expected.exact.push_back(path);
    }
    for (int i = pick(12); i > 0; --i) {
      const auto prefix = pick(8) == 0 ? std::string() : random_path();
      if (router.add_subtree(prefix, h[prefix + "/**"])) expected.subtrees.push_back(prefix);
    }
    for (int i = 0; i < 100; ++i) {
      const auto path = random_path();
      const auto found = router.find(path);
      const auto [name, rest_at] = expected.find(path);
      REQUIRE_MESSAGE(h.name_of(found.target) == name, path);
      if (!name.empty()) REQUIRE_MESSAGE(found.rest_at == rest_at, path);
    }
  }
}

TEST_CASE("a '*' stands for one segment: behind an exact path, before a subtree, the latest first") {
  handlers h;
  path_router router;
  CHECK(router.add_exact("move/home", h["exact"]));
  CHECK(router.add_subtree("move", h["subtree"]));
  CHECK(router.add_pattern("*/x", h["first"]));
  CHECK(router.add_pattern("move/*", h["second"]));
  CHECK(router.add_pattern("move/*/fast", h["middle"]));
  CHECK_FALSE(router.add_pattern("move/*", h["other"]));
  const auto found = [&](std::string_view path) { return h.name_of(router.find(path).target); };
  CHECK(found("move/home") == "exact");
  CHECK(found("move/x") == "second");
  CHECK(found("stay/x") == "first");
  CHECK(found("move/x/fast") == "middle");
  CHECK(found("move/x/slow") == "subtree");
  CHECK(found("move/*") == "second");
  CHECK(found("move") == "");
  CHECK(found("stay/y") == "");
  CHECK(found("x") == "");
}

TEST_CASE("what each '*' stands for") {
  using parts = std::vector<std::string_view>;
  CHECK(match_segments("move/*", "move/x") == parts{"x"});
  CHECK(match_segments("*/a/*", "1/a/2") == parts{"1", "2"});
  CHECK(match_segments("a", "a") == parts{});
  for (const auto* other : {"move", "move/x/y", "stay/x", "movex", "x"})
    CHECK_FALSE(match_segments("move/*", other));
  CHECK(has_single_wildcard("a/*/b"));
  CHECK_FALSE(has_single_wildcard("a/**"));
}
