#include <mqcoap/resource/mount/mount.hpp>

#include <memory>
#include <mqcoap/resource/resource_site.hpp>

namespace mqcoap {

void mount_options::make(resource_site& at) const {
  at.serve(at.path(), std::make_shared<mount_resource>(*this, at.services().elsewhere));
}

void mount_resource::handle(responder&& r) {
  const auto rest = r->rest();
  const std::string text = to_.path.empty() ? std::string(rest) : to_.path + '/' + std::string(rest);
  auto path = resource_path::parse(text, by_.path_limit());
  if (!path)
    return std::move(r).refuse(response_code::bad_gateway, "the path on the other device would be invalid");
  const address to{to_.tag, to_.subsystem, *std::move(path)};
  by_.forward(std::move(r), to);
}

}  // namespace mqcoap
