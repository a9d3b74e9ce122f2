#include <mqcoap/store/postgres/pg_target.hpp>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdlib>
#include <memory>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/store/postgres/pg_library.hpp>
#include <optional>
#include <utility>

namespace mqcoap::store {
namespace {

struct options_freer {
  void operator()(PQconninfoOption* all) const noexcept { pg().PQconninfoFree(all); }
};
struct text_freer {
  void operator()(char* message) const noexcept { pg().PQfreemem(message); }
};

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    parts.emplace_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

/// Settings that are not allowed in an address, and why.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> refused_settings{{
    {"password", "a password does not belong in the address: use the key `password`"},
    {"sslpassword", "a password does not belong in the address"},
    {"service", "a service file is not read: write the address itself"},
}};

std::optional<std::string> fault_of(const pg_target::settings& given) {
  for (const auto& [key, why] : refused_settings)
    if (given.contains(key)) return std::string(why);
  return std::nullopt;
}

std::string taken(pg_target::settings& from, std::string_view key) {
  const auto at = from.find(key);
  return at == from.end() ? std::string() : from.extract(at).mapped();
}

result<std::vector<pg_host>, pg_target::fault> hosts_of(std::string names, const std::string& addresses,
                                                        const std::string& ports) {
  const char* const from_environment = std::getenv("PGHOST");
  if (names.empty() && addresses.empty() && from_environment != nullptr) names = from_environment;
  const auto name = split_list(names);
  const auto address = split_list(addresses);
  const auto port = split_list(ports);
  const auto count = std::max(name.size(), address.size());
  const auto fits = [count](const auto& list) { return list.size() == count || list.size() == 1; };
  if (!fits(name) || !fits(address) || !fits(port))
    return pg_target::fault{"it has different numbers of hosts, addresses and ports"};
  std::vector<pg_host> found;
  for (std::size_t i = 0; i < count; ++i) {
    const auto part = [i](const auto& list) { return list.size() == 1 ? list.front() : list[i]; };
    found.push_back({part(name), part(address), part(port)});
  }
  return found;
}

}  // namespace

result<pg_target, pg_target::fault> pg_target::parse(const std::string& url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://"))
    return fault{"not postgresql://USER@HOST/DATABASE"};
  if (url.find('\0') != std::string::npos) return fault{"it contains a NUL"};
  if (auto missing = load_pg_library()) return fault{*std::move(missing)};
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, options_freer> parsed(pg().PQconninfoParse(url.c_str(), &message));
  const std::unique_ptr<char, text_freer> why(message);
  if (!parsed) return fault{safe_text(why ? why.get() : "out of memory")};
  pg_target made;
  for (const auto* each = parsed.get(); each->keyword != nullptr; ++each)
    if (each->val != nullptr && *each->val != '\0') made.common_[each->keyword] = each->val;
  if (auto refused = fault_of(made.common_)) return fault{*std::move(refused)};
  auto names = taken(made.common_, "host");
  const auto addresses = taken(made.common_, "hostaddr");
  const auto ports = taken(made.common_, "port");
  auto hosts = hosts_of(std::move(names), addresses, ports);
  if (hosts.has_error()) return hosts.error();
  made.hosts_ = *std::move(hosts);
  return made;
}

pg_target::settings pg_target::for_host(const pg_host& host) const {
  auto all = common_;
  if (!host.name.empty()) all["host"] = host.name;
  if (!host.address.empty()) all["hostaddr"] = host.address;
  if (!host.port.empty()) all["port"] = host.port;
  all.try_emplace("gssencmode", "disable");  // looking for Kerberos tickets would block
  return all;
}

std::string pg_target::message() const {
  std::string made;
  for (const auto& each : hosts_) {
    if (!made.empty()) made += ',';
    made += each.name.empty() ? each.address : each.name;
    if (!each.port.empty()) made += ':' + each.port;
  }
  const auto database = common_.find("dbname");
  if (database != common_.end()) made += (made.ends_with('/') ? "" : "/") + database->second;
  return made;
}

bool needs_lookup(const pg_host& host) {
  if (!host.address.empty() || host.name.empty() || host.name.front() == '/' || host.name.front() == '@')
    return false;
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host.name, no_address);
  return static_cast<bool>(no_address);
}

}  // namespace mqcoap::store
