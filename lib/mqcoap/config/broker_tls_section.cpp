#include <filesystem>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap::config {
namespace {

/// Reads a path relative to the configuration, like the paths of secrets.
value_type<located<std::string>> path(const std::string& expected) {
  auto name = text(expected);
  return with_place(
      refine(name, expected, name.schema, [](const std::string& given, const node&, read_context& ctx) {
        return std::optional((std::filesystem::path(ctx.folder) / given).string());
      }));
}

value_type<located<std::string>> application_protocol() {
  constexpr std::size_t longest = 255;  // RFC 7301 section 3.1
  const std::string expected = "a name of at most 255 bytes";
  auto name = text(expected);
  auto schema = name.schema;
  schema["maxLength"] = longest;
  return with_place(
      refine(name, expected, schema,
             [expected](std::string given, const node& n, read_context& ctx) -> std::optional<std::string> {
               if (given.size() <= longest) return given;
               mismatch(n, expected, ctx);
               return std::nullopt;
             }));
}

/// Stores a text in the options, together with its place.
auto into(std::string tls_options::*option, const node* tls_spec::*place) {
  return [option, place](tls_spec& t, located<std::string> given) {
    t.options.*option = std::move(given.value);
    t.*place = given.at;
  };
}

}  // namespace

const section<tls_spec>& tls_section() {
  static const section<tls_spec> table{
      "tls",
      "brokers.NAME.tls",
      "TLS to a broker, at least 1.2. Files are PEM, and their names relative to the configuration. They are "
      "read again for "
      "every connection: renewed certificates are used from the next one on.",
      {key<tls_spec>("ca", path("a file's name"), presence::optional("`ca_dir`, else the system's"),
                     "The trusted authorities.", into(&tls_options::ca_file, &tls_spec::ca_at)),
       key<tls_spec>("ca_dir", path("a folder's name"), presence::optional("`ca`, else the system's"),
                     "A folder of trusted authorities, as prepared by `openssl rehash`.",
                     into(&tls_options::ca_dir, &tls_spec::ca_dir_at)),
       key<tls_spec>("cert", path("a file's name"), presence::optional("none"),
                     "The gateway's certificate, and the chain up to its authority; needs `key`.",
                     into(&tls_options::cert_file, &tls_spec::cert_at)),
       key<tls_spec>("key", with_place(secret_file()), presence::optional("none"),
                     "The private key of the certificate, a file; {credential: NAME} is a file in "
                     "$CREDENTIALS_DIRECTORY.",
                     into(&tls_options::key_file, &tls_spec::key_at)),
       key<tls_spec>("key_password", with_place(secret_text()), presence::optional("none"),
                     "The password of the key, if it is encrypted.",
                     [](tls_spec& t, located<secret> s) {
                       t.options.key_password = std::move(s.value);
                       t.key_password_at = s.at;
                     }),
       key<tls_spec>("verify_host", boolean(), "true",
                     "Whether the broker's certificate must be for the host in `url`. With `false`, anybody "
                     "with a certificate of these authorities can impersonate the broker.",
                     [](tls_spec& t, bool on) { t.options.verify_host = on; }),
       key<tls_spec>("alpn", application_protocol(), presence::optional("none"),
                     "The application protocol to request (ALPN), if a port serves several.",
                     into(&tls_options::alpn, &tls_spec::alpn_at))},
      {{"dependentRequired",
        {{"cert", boost::json::array{"key"}},
         {"key", boost::json::array{"cert"}},
         {"key_password", boost::json::array{"key"}}}}}};
  return table;
}

}  // namespace mqcoap::config
