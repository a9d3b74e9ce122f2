#include <fstream>
#include <support/certificates.hpp>

namespace mqcoap::test {
namespace {

std::vector<std::string> request(const std::string& key_file, const std::string& name) {
  return {"req",    "-newkey", "ec",          "-pkeyopt", "ec_paramgen_curve:P-256",
          "-nodes", "-subj",   "/CN=" + name, "-keyout",  key_file};
}

std::vector<std::string> operator+(std::vector<std::string> all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

certificates::certificates() : authority_(make_authority()) {}

certificates::identity certificates::make_authority() {
  identity made{new_file(), new_file()};
  run_program("openssl", request(made.key_file, "test authority " + std::to_string(files_)) +
                             std::vector<std::string>{"-x509", "-days", "30", "-out", made.cert_file});
  return made;
}

template <class Sign>
certificates::identity certificates::issue_by(const std::string& names, Sign sign) {
  identity made{new_file(), new_file()};
  const auto request_file = new_file();
  run_program("openssl",
              request(made.key_file, "test") +
                  std::vector<std::string>{"-addext", "subjectAltName=" + names, "-out", request_file});
  run_program("openssl", sign(request_file, made.cert_file));
  return made;
}

certificates::identity certificates::issue(const std::string& names) {
  return issue_by(names, [this](const std::string& request_file, const std::string& cert) {
    return std::vector<std::string>{"x509",
                                    "-req",
                                    "-in",
                                    request_file,
                                    "-CA",
                                    authority_.cert_file,
                                    "-CAkey",
                                    authority_.key_file,
                                    "-CAcreateserial",
                                    "-days",
                                    "30",
                                    "-copy_extensions",
                                    "copy",
                                    "-out",
                                    cert};
  });
}

certificates::identity certificates::issue_expired(const std::string& names) {
  // `x509` of OpenSSL 3.0 accepts no dates, and `x509` of 3.5 accepts no period that ends before it begins.
  const auto config = write("[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = " + directory_.path().string() +
                            "\ndatabase = " + write("") +
                            "\nrand_serial = yes\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\n"
                            "[any]\ncommonName = supplied\n");
  return issue_by(names, [&](const std::string& request_file, const std::string& cert) {
    return std::vector<std::string>{"ca",
                                    "-batch",
                                    "-notext",
                                    "-config",
                                    config,
                                    "-cert",
                                    authority_.cert_file,
                                    "-keyfile",
                                    authority_.key_file,
                                    "-startdate",
                                    "20200101000000Z",
                                    "-enddate",
                                    "20200201000000Z",
                                    "-in",
                                    request_file,
                                    "-out",
                                    cert};
  });
}

std::string certificates::encrypt(const std::string& key_file, const std::string& password) {
  auto made = new_file();
  run_program("openssl", {"pkey", "-in", key_file, "-aes256", "-passout", "pass:" + password, "-out", made});
  return made;
}

std::string certificates::write(const std::string& text) {
  auto made = new_file();
  std::ofstream(made) << text;
  return made;
}

}  // namespace mqcoap::test
