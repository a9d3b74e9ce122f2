#include <mqcoap/transport/authority_loader.hpp>

#include <utility>

namespace mqcoap {

authority_loader::authority_loader(boost::asio::any_io_executor executor)
    : call_(std::move(executor), [](std::string why) -> loaded {
        return std::make_shared<trusted_authorities>(
            trusted_authorities{{}, {tls_fault::option::none, "the authorities cannot be read: " + why}});
      }) {}

void authority_loader::begin(const tls_options& options, handler done) {
  call_.begin([options] { return loaded(read_authorities(options)); }, std::move(done));
}

}  // namespace mqcoap
