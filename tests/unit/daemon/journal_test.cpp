#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <journal.hpp>
#include <string>

#include "datagram_socket.hpp"
#include "environment.hpp"

using namespace mqcoap;
using namespace std::chrono_literals;
using std::to_string;

TEST_CASE("the standard error is the journal's if the environment names its device and inode") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  struct stat there {};
  REQUIRE(::fstat(ends[1], &there) == 0);
  const auto device = to_string(there.st_dev);
  const auto inode = to_string(there.st_ino);
  const auto with = [&](const std::optional<std::string>& named) {
    const test::environment stream("JOURNAL_STREAM", named);
    return is_journal_stream(ends[1]);
  };
  CHECK(with(device + ':' + inode));
  CHECK_FALSE(with(std::nullopt));
  for (const auto& other :
       {device + ':' + to_string(there.st_ino + 1), to_string(there.st_dev + 1) + ':' + inode, std::string(),
        device, device + ':', ':' + inode, device + ':' + inode + "x"})
    CHECK_FALSE(with(other));
  ::close(ends[0]);
  ::close(ends[1]);
  CHECK_FALSE(with(device + ':' + inode));
}

TEST_CASE("a journal is available if its socket accepts datagrams") {
  std::string path;
  {
    const test::datagram_socket journal;
    path = journal.path();
    CHECK_FALSE(why_no_journal(path.c_str()));
  }
  CHECK(why_no_journal(path.c_str()) == std::errc::no_such_file_or_directory);
  CHECK(why_no_journal((path + std::string(200, 'x')).c_str()) == std::errc::filename_too_long);
}

TEST_CASE("a request's entry has a field for everything that is known of it") {
  request_record r;
  r.request_id = "0123";
  r.source = "desk-1";
  r.method = "GET";
  r.device = "GW_1";
  r.subsystem = "axuv";
  r.path = "gains";
  r.code = 205;
  r.took = 1500us;
  r.correlation_id = "4567";
  r.traceparent = "00-aa-bb-01";
  r.message = "[0,1]";
  CHECK(journal_fields(r) ==
        std::vector<std::string>{"MESSAGE=" + to_line(r), "PRIORITY=7", "SYSLOG_IDENTIFIER=mqcoapd",
                                 "MQCOAP_REQUEST_ID=0123", "MQCOAP_SOURCE=desk-1", "MQCOAP_METHOD=GET",
                                 "MQCOAP_DEVICE=GW_1", "MQCOAP_SUBSYSTEM=axuv", "MQCOAP_PATH=gains",
                                 "MQCOAP_CODE=205", "MQCOAP_DURATION_US=1500", "MQCOAP_CORRELATION_ID=4567",
                                 "MQCOAP_TRACEPARENT=00-aa-bb-01"});
}

TEST_CASE("what is not known of a request has no field") {
  request_record r;
  r.request_id = "0123";
  r.device = "GW_1";
  r.subsystem = "axuv";
  r.code = 400;
  r.message = "no";
  CHECK(journal_fields(r) == std::vector<std::string>{"MESSAGE=0123 GW_1/axuv -> 400 no", "PRIORITY=7",
                                                      "SYSLOG_IDENTIFIER=mqcoapd", "MQCOAP_REQUEST_ID=0123",
                                                      "MQCOAP_DEVICE=GW_1", "MQCOAP_SUBSYSTEM=axuv",
                                                      "MQCOAP_CODE=400"});
}
