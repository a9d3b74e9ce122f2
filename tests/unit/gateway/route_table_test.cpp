#include <support/result_printer.hpp>

#include <mqcoap/gateway/route_table.hpp>
#include <string>

using namespace mqcoap;

namespace {

address to(std::string_view text) { return *address::parse(text); }

route_options route(std::string name, std::vector<std::string> tags, bool serve = false) {
  route_options r;
  r.name = std::move(name);
  r.match.tags = std::move(tags);
  r.serve = serve;
  return r;
}

std::string found(const route_table& table, std::string_view where, bool serving_only = false) {
  const auto* r = table.find(to(where), method::get, serving_only);
  return r == nullptr ? "none" : r->name;
}

}  // namespace

TEST_CASE("a path pattern is exact, has wildcards within segments, or ends in a subtree") {
  CHECK(path_matches("**", "a/b/c"));
  CHECK(path_matches("gains", "gains"));
  CHECK_FALSE(path_matches("gains", "gains/0"));
  CHECK_FALSE(path_matches("gains/0", "gains"));
  CHECK(path_matches("supply/*/volts", "supply/2/volts"));
  CHECK_FALSE(path_matches("supply/*", "supply/2/volts"));
  CHECK(path_matches("ch*", "ch12"));
  CHECK(path_matches("supply/**", "supply/2/volts"));
  CHECK_FALSE(path_matches("supply/**", "supply"));
  CHECK_FALSE(path_matches("supply/**", "supplyx/2"));
}

TEST_CASE("the first route that matches wins, whether it names its tags or has a pattern") {
  const route_table table(
      {route("one", {"ARD_1"}), route("pattern", {"ARD_*"}), route("two", {"ARD_2", "B_1"})});
  CHECK(found(table, "ARD_1/hv/x") == "one");
  CHECK(found(table, "ARD_2/hv/x") == "pattern");
  CHECK(found(table, "B_1/hv/x") == "two");
  CHECK(found(table, "C_1/hv/x") == "none");
}

TEST_CASE("subsystem, path and method all have to match") {
  auto r = route("r", {"*"});
  r.match.subsystems = {"axuv", "hv*"};
  r.match.path = "open/**";
  r.match.methods = {method::get};
  const route_table table({r});
  CHECK(table.find(to("T/axuv/open/x"), method::get) != nullptr);
  CHECK(table.find(to("T/hv2/open/x"), method::get) != nullptr);
  CHECK(table.find(to("T/host/open/x"), method::get) == nullptr);
  CHECK(table.find(to("T/axuv/closed/x"), method::get) == nullptr);
  CHECK(table.find(to("T/axuv/open/x"), method::put) == nullptr);
}

TEST_CASE("only serving routes make a tag served, and the tags to listen for follow from them") {
  const route_table named({route("a", {"X_1", "X_2"}, true), route("b", {"X_1"}, true), route("c", {"Y_1"})});
  CHECK(named.serves("X_2"));
  CHECK_FALSE(named.serves("Y_1"));
  CHECK(named.served_tags() == std::vector<std::string>{"X_1", "X_2"});
  CHECK(found(named, "Y_1/s/p", true) == "none");

  const route_table pattern({route("a", {"X_1", "B2_*"}, true)});
  CHECK(pattern.serves("B2_7"));
  CHECK_FALSE(pattern.serves("B3_7"));
  CHECK_FALSE(pattern.served_tags());

  CHECK(route_table({route("c", {"*"})}).served_tags() == std::vector<std::string>{});
}

TEST_CASE("a hundred thousand routes find the right one") {
  std::vector<route_options> routes;
  for (int i = 0; i < 100'000; ++i)
    routes.push_back(route(std::to_string(i), {"T_" + std::to_string(i)}, true));
  const route_table table(std::move(routes));
  CHECK(found(table, "T_99999/s/p") == "99999");
  CHECK(found(table, "T_0/s/p") == "0");
  CHECK_FALSE(table.served_tags());  // too many for one subscription each
}

TEST_CASE("a target keeps what it does not name and fills in what it refers to") {
  const auto requested = to("ARD_7/hv/volts/0");
  const auto kept = rewrite({}, requested, 255);
  REQUIRE(kept);
  CHECK(kept->to.to_string() == "ARD_7/hv/volts/0");
  CHECK(rewrite({}, {requested.tag, requested.subsystem, *resource_path::parse("/volts")}, 255)
            ->to.path.text() == "volts");
  const auto changed = rewrite({"site", "b2_v1", "X-{tag}", "ino-{subsystem}", "v1/{path}"}, requested, 255);
  REQUIRE(changed);
  CHECK(changed->broker == "site");
  CHECK(changed->ns == "b2_v1");
  CHECK(changed->to.to_string() == "X-ARD_7/ino-hv/v1/volts/0");
  CHECK(rewrite({"", "", "", "", "{path}{path}"}, requested, 255)->to.path.text() == "volts/0volts/0");
  CHECK_FALSE(rewrite({"", "", "", "", "{path}/{path}"}, requested, 10));
  CHECK_FALSE(rewrite({"", "", "{tag}{tag}{tag}{tag}{tag}{tag}{tag}{tag}{tag}{tag}{tag}{tag}{tag}", "", ""},
                      requested, 255));
}

TEST_CASE("a path of the device is found by a path that the route makes it of, or by none") {
  const auto back = [](const route_target& target, const std::string& path,
                       const std::string& pattern = "**") {
    route_options by;
    by.to = target;
    by.match.path = pattern;
    return rewrite_back(by, to("ARD_7/hv/volts"), path, 40).value_or("none");
  };
  CHECK(back({}, "volts/1") == "volts/1");
  CHECK(back({}, "/any thing") == "/any thing");  // it is the device's own name
  CHECK(back({"site", "b2_v1", "", "", ""}, "x") == "x");
  CHECK(back({"", "", "X-{tag}", "ino-{subsystem}", ""}, "volts/1") == "volts/1");
  CHECK(back({"", "", "", "", "v1/{path}"}, "v1/volts/1") == "volts/1");
  CHECK(back({"", "", "", "", "/v1/{path}"}, "v1/volts/1") == "volts/1");
  CHECK(back({"", "", "", "", "{tag}/{path}/{subsystem}"}, "ARD_7/volts/1/hv") == "volts/1");
  CHECK(back({"", "", "", "", "{path}/of/{path}"}, "a/1/of/a/1") == "a/1");
  CHECK(back({"", "", "", "", "v1/{path}"}, "v2/volts/1") == "none");
  CHECK(back({"", "", "", "", "v1/{path}"}, "v1/") == "none");
  CHECK(back({"", "", "", "", "{path}/raw"}, "volts/raw/1") == "none");
  CHECK(back({"", "", "", "", "{path}/of/{path}"}, "a/1/of/b/1") == "none");
  CHECK(back({"", "", "", "", "fixed"}, "fixed/1") == "none");
  CHECK(back({"", "", "", "", "fixed"}, "fixed") == "none");
  CHECK(back({"", "", "X_{path}", "", ""}, "volts/1") == "none");  // this is another device
  CHECK(back({"", "", "", "", "v1/{path}"}, "v1/volts/1", "volts/*") == "volts/1");
  CHECK(back({"", "", "", "", "v1/{path}"}, "v1/amps/1", "volts/*") == "none");
  CHECK(back({"", "", "", "", "v1/{path}"}, "v1/" + std::string(50, 'x')) == "none");
}
