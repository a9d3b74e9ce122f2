#pragma once

#include <string>

// Messages like those of deployed peers.
namespace mqcoap::test {

inline const std::string id_1 = "16fd2706-8baf-433b-82eb-8c7fada847da";
inline const std::string id_2 = "26fd2706-8baf-433b-82eb-8c7fada847da";

inline std::string request_topic(const std::string& id = id_1, const std::string& tag = "DEV_1") {
  return "gf_int_v1/axuv/request/" + tag + '/' + id;
}
inline std::string response_topic(const std::string& id = id_1, const std::string& tag = "DEV_1") {
  return "gf_int_v1/axuv/response/" + tag + '/' + id;
}
inline std::string request_payload(const std::string& id = id_1, const std::string& verb = "GET",
                                   const std::string& path = "gains") {
  return R"({"timestamp":1795376802522,"body":null,"header":{"request_id":")" + id + R"(","path":")" + path +
         R"(","correlation_id":null,"source":"desk-7","token":null,"method":")" + verb + R"("}})";
}
inline std::string response_payload(const std::string& id = id_1, int code = 205) {
  return R"({"header":{"response_code":)" + std::to_string(code) + R"(,"path":"gains","request_id":")" + id +
         R"(","correlation_id":null,"source":"DEV_1"},"body":"words","timestamp":"1795376802530"})";
}

}  // namespace mqcoap::test
